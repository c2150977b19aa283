// `npm run demo`, `npm test` and the benchmarks on a bare machine: brings what is missing, builds, hands over.
// Plain Node without a dependency, because it runs before `npm ci`.
import { handOver } from './run/hand-over.mjs';
import { build, installDependencies } from './run/install.mjs';
import { bringPrerequisites } from './run/prerequisites.mjs';
import { Unavailable, say } from './run/progress.mjs';
import { STEPS, runSuite } from './run/suite.mjs';

const USAGE = `usage: run.mjs demo [options of the demo]
       run.mjs bench NAME [options of the benchmark]
       run.mjs test [${Object.keys(STEPS).join('] [')}]`;

const [command, ...args] = process.argv.slice(2);

async function main() {
  switch (command) {
    case 'demo':
      await prepare({ ward: true, browser: false });
      return handOver('dist/test/demo/main.js', args);
    case 'bench': {
      const [name = '', ...options] = args;
      if (!/^[a-z]+$/.test(name)) throw new Unavailable(USAGE, 64);
      await prepare({ ward: true, browser: false });
      return handOver(`dist/test/bench/${name}.js`, options);
    }
    case 'test': {
      const steps = args.length === 0 ? Object.keys(STEPS) : args;
      const unknown = steps.filter((step) => !Object.hasOwn(STEPS, step));
      if (unknown.length > 0) throw new Unavailable(`No test step is called ${unknown.join(', ')}.\n${USAGE}`, 64);
      await prepare({ ward: steps.includes('e2e'), browser: steps.includes('e2e') });
      return runSuite(steps);
    }
    default:
      throw new Unavailable(USAGE, 64);
  }
}

async function prepare(needs) {
  await bringPrerequisites(needs);
  await installDependencies();
  await build();
}

main().then(
  (code) => process.exit(code),
  (error) => {
    say(error instanceof Unavailable ? error.message : error.stack);
    process.exit(error instanceof Unavailable ? error.exitCode : 1);
  },
);
