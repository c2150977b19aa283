// `npm run demo`, `npm test`, `npm run evaluate` and the benchmarks on a bare machine: brings what is missing, builds,
// hands over. Plain Node without a dependency, because it runs before `npm ci`.
import { handOver } from './run/hand-over.mjs';
import { build, installDependencies } from './run/install.mjs';
import { bringPrerequisites } from './run/prerequisites.mjs';
import { Unavailable, say } from './run/progress.mjs';
import { installPython } from './run/python.mjs';
import { STEPS, runSuite } from './run/suite.mjs';

const USAGE = `usage: run.mjs demo [options of the demo]
       run.mjs bench NAME [options of the benchmark]
       run.mjs evaluate [FOLDER ...]
       run.mjs test [${Object.keys(STEPS).join('] [')}]`;

const [command, ...args] = process.argv.slice(2);

async function main() {
  switch (command) {
    case 'demo':
      await prepare({ ward: true, radius: wantsRadius(args) });
      return handOver('dist/test/demo/main.js', args);
    case 'bench': {
      const [name = '', ...options] = args;
      if (!/^[a-z]+$/.test(name)) throw new Unavailable(USAGE, 64);
      await prepare({ ward: true, radius: name === 'coa' });
      return handOver(`dist/test/bench/${name}.js`, options);
    }
    case 'evaluate':
      // Rules over files: no broker, no database, no ward.
      await installDependencies();
      await build();
      return handOver('dist/test/evaluate/main.js', args);
    case 'test': {
      const steps = args.length === 0 ? Object.keys(STEPS) : args;
      const unknown = steps.filter((step) => !Object.hasOwn(STEPS, step));
      if (unknown.length > 0) throw new Unavailable(`No test step is called ${unknown.join(', ')}.\n${USAGE}`, 64);
      const [int, e2e] = [steps.includes('int'), steps.includes('e2e')];
      await prepare({ ward: e2e, browser: e2e, radius: int || e2e, peers: int || e2e });
      return runSuite(steps);
    }
    default:
      throw new Unavailable(USAGE, 64);
  }
}

async function prepare(needs) {
  await bringPrerequisites(needs);
  const program = async () => {
    await installDependencies();
    await build();
  };
  await Promise.all([needs.peers ? installPython() : undefined, program()]);
}

/** `--nac radius` or `--nac=radius`: the demo itself says what is wrong with any other word. */
function wantsRadius(options) {
  return options.some((option, i) => option === '--nac=radius' || (option === 'radius' && options[i - 1] === '--nac'));
}

main().then(
  (code) => process.exit(code),
  (error) => {
    say(error instanceof Unavailable ? error.message : error.stack);
    process.exit(error instanceof Unavailable ? error.exitCode : 1);
  },
);
