// The whole test suite, in order, stopping at the first failure.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ALONE, NOT_OURS } from './alone.mjs';
import { handOver } from './hand-over.mjs';
import { root, say } from './progress.mjs';

const JEST = {
  script: 'node_modules/jest/bin/jest.js',
  nodeFlags: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
};

/** A step is lanes that run side by side, and a lane is a list of programs. Those of Jest report their counts. */
export const STEPS = {
  check: [
    [
      { name: 'type check', script: 'node_modules/typescript/bin/tsc', args: typeCheck() },
      {
        name: 'format',
        script: 'node_modules/prettier/bin/prettier.cjs',
        args: ['--check', '--log-level', 'warn', '.'],
      },
      {
        name: 'layers',
        script: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
        args: ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test', 'deploy'],
      },
      { name: 'event schemas', script: 'dist/libs/events/src/generate.command.js', args: ['--check'] },
      { name: 'OpenAPI', script: 'dist/apps/orchestrator/src/api/openapi.command.js', args: ['--check'] },
    ],
    [{ name: 'lint', script: 'node_modules/eslint/bin/eslint.js', args: ['.', '--max-warnings', '0'] }],
  ],
  unit: [[jest('unit', 'jest.config.js', ['--maxWorkers=100%'])]],
  // Those that need no database and no broker go beside the others: most of both is waiting.
  int: [
    [jest('int', 'jest.int.config.js', ['--testPathIgnorePatterns', ...NOT_OURS, ...ALONE])],
    [jest('int-alone', 'jest.alone.config.js')],
  ],
  // Alone on the machine: it measures times, and there can be one ward only.
  e2e: [[jest('e2e', 'jest.e2e.config.js')]],
};

/** What did not change since the last run is not checked again. */
function typeCheck() {
  return ['-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', '.lazaret/cache/type-check.tsbuildinfo'];
}

function jest(name, config, more = []) {
  const report = join(root, `.lazaret/logs/jest-${name}.json`);
  return { name, ...JEST, args: ['-c', config, ...more, '--json', `--outputFile=${report}`], report };
}

/** Runs the steps; the last line printed is `N passed, N failed`, the sum of the Jest runs. Returns the exit code. */
export async function runSuite(steps) {
  const run = { passed: 0, failed: 0, exitCode: 0 };
  mkdirSync(join(root, '.lazaret/logs'), { recursive: true });
  for (const step of steps) {
    const lanes = STEPS[step];
    await Promise.all(lanes.map((programs) => runLane(programs, run, lanes.length > 1)));
    if (run.exitCode !== 0) break;
  }
  process.stdout.write(`${run.passed} passed, ${run.failed} failed\n`);
  return run.exitCode;
}

/** After a failure, of another lane too, nothing more is begun. */
async function runLane(programs, run, sideBySide) {
  for (const program of programs) {
    if (run.exitCode !== 0) return;
    const exitCode = await runProgram(program, run, sideBySide);
    if (run.exitCode === 0) run.exitCode = exitCode;
  }
}

async function runProgram({ name, script, args, nodeFlags, report }, run, sideBySide) {
  if (report !== undefined) rmSync(report, { force: true });
  const startedAt = Date.now();
  say(`· ${name}`);
  const exitCode = sideBySide
    ? await inOnePiece(name, (output) => handOver(script, args, { nodeFlags, output }))
    : await handOver(script, args, { nodeFlags });
  const counts = report === undefined ? { passed: 0, failed: 0 } : readCounts(report);
  run.passed += counts.passed;
  // Not every failure is a failed test: a compiler error, a crash. None may look like a success.
  run.failed += exitCode === 0 ? counts.failed : Math.max(1, counts.failed);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  say(`  ${name}: ${exitCode === 0 ? 'ok' : `failed with exit code ${exitCode}`}, ${seconds} s`);
  return exitCode;
}

/** What programs side by side print is shown when each has ended, so that no two are mixed. */
async function inOnePiece(name, work) {
  const file = join(root, `.lazaret/logs/${name.replaceAll(' ', '-')}.log`);
  const output = openSync(file, 'w');
  try {
    return await work(output);
  } finally {
    closeSync(output);
    process.stdout.write(readFileSync(file));
  }
}

function readCounts(report) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
