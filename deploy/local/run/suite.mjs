// The whole test suite, in order, stopping at the first failure.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './hand-over.mjs';
import { root, say } from './progress.mjs';

const JEST = {
  script: 'node_modules/jest/bin/jest.js',
  nodeFlags: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
};

/** Each step is a list of programs. Those of Jest report their counts. */
export const STEPS = {
  check: [
    { name: 'type check', script: 'node_modules/typescript/bin/tsc', args: typeCheck() },
    { name: 'lint', script: 'node_modules/eslint/bin/eslint.js', args: ['.', '--max-warnings', '0'] },
    { name: 'format', script: 'node_modules/prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
    {
      name: 'layers',
      script: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      args: ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test', 'deploy'],
    },
    { name: 'event schemas', script: 'dist/libs/events/src/generate.command.js', args: ['--check'] },
    { name: 'OpenAPI', script: 'dist/apps/orchestrator/src/api/openapi.command.js', args: ['--check'] },
  ],
  unit: [jest('unit', 'jest.config.js')],
  int: [jest('int', 'jest.int.config.js')],
  e2e: [jest('e2e', 'jest.e2e.config.js')],
};

/** What did not change since the last run is not checked again. */
function typeCheck() {
  return ['-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', '.lazaret/cache/type-check.tsbuildinfo'];
}

function jest(name, config) {
  const report = join(root, `.lazaret/logs/jest-${name}.json`);
  return { name, ...JEST, args: ['-c', config, '--json', `--outputFile=${report}`], report };
}

/** Runs the steps; the last line printed is `N passed, N failed`, the sum of the Jest runs. Returns the exit code. */
export async function runSuite(steps) {
  const sum = { passed: 0, failed: 0 };
  let exitCode = 0;
  mkdirSync(join(root, '.lazaret/logs'), { recursive: true });
  for (const program of steps.flatMap((step) => STEPS[step])) {
    exitCode = await runProgram(program, sum);
    if (exitCode !== 0) break;
  }
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`);
  return exitCode;
}

async function runProgram({ name, script, args, nodeFlags, report }, sum) {
  if (report !== undefined) rmSync(report, { force: true });
  const startedAt = Date.now();
  say(`· ${name}`);
  const exitCode = await handOver(script, args, { nodeFlags });
  const counts = report === undefined ? { passed: 0, failed: 0 } : readCounts(report);
  sum.passed += counts.passed;
  // Not every failure is a failed test: a compiler error, a crash. None may look like a success.
  sum.failed += exitCode === 0 ? counts.failed : Math.max(1, counts.failed);
  say(
    `  ${exitCode === 0 ? 'ok' : `failed with exit code ${exitCode}`}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  return exitCode;
}

function readCounts(report) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
