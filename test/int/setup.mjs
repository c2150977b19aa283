// Jest's global set-up of the integration tests: a real PostgreSQL and a real Kafka, once for the run.
// Plain JavaScript: Jest imports it untransformed, so the servers' TypeScript comes from dist/.
import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const runs = join(root, '.lazaret/int');
const built = join(root, 'dist/deploy/local');

export default async function setup() {
  buildWhenStale();
  const { startPlatform, removeState } = await import(pathToFileURL(join(built, 'platform.js')).href);
  await removeDeadRuns();
  // A folder of its own, because several runs may go on in one checkout at the same time.
  const stateDir = join(runs, `${process.pid}-${randomBytes(3).toString('hex')}`);
  const log = (line) => process.stderr.write(`${line}\n`);
  const platform = await startPlatform({ stateDir, log, fresh: true });
  process.env.DATABASE_URL = platform.databaseUrl;
  process.env.KAFKA_BROKERS = platform.kafkaBrokers;
  if (platform.kafka) process.env.LAZARET_TEST_BROKER = 'ours';
  globalThis.stopLazaretPlatform = async () => {
    await platform.stop();
    removeState(stateDir);
  };
}

/** The servers come from dist/: compile when a source there is newer. Errors elsewhere in the tree don't matter here. */
function buildWhenStale() {
  const source = join(root, 'deploy/local');
  const stale = readdirSync(source)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => ({ source: join(source, name), output: join(built, name.replace(/\.ts$/, '.js')) }))
    .filter((file) => changed(file.output) < changed(file.source));
  if (stale.length === 0) return;
  spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { cwd: root });
  for (const { output } of stale) {
    if (!existsSync(output)) throw new Error('deploy/local does not compile: see "npm run build"');
    // The compiler leaves an output alone whose source was touched without a change.
    utimesSync(output, new Date(), new Date());
  }
}

function changed(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Ends the servers and removes the folders of runs that were killed before their tear-down. */
async function removeDeadRuns() {
  const { endLeftover, isAlive, readPidFile } = await import(pathToFileURL(join(built, 'pid-file.js')).href);
  const { removeState } = await import(pathToFileURL(join(built, 'postgres-binaries.js')).href);
  for (const name of existsSync(runs) ? readdirSync(runs) : []) {
    const dir = join(runs, name);
    const owner = readPidFile(join(dir, 'owner'));
    // No owner yet may be a run that starts right now: leave a young folder alone.
    if (owner === undefined ? Date.now() - changed(dir) < 60_000 : isAlive(owner)) continue;
    await endLeftover(join(dir, 'postgres/pid'), 'SIGINT');
    await endLeftover(join(dir, 'kafka/pid'), 'SIGTERM');
    removeState(dir);
  }
}
