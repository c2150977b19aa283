// A stand-in for the demo, for the specs of what is left behind: starts the platform and a service in the folder
// that its first argument names, prints what it started as one JSON line, and waits to be ended.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const built = (name) => import(pathToFileURL(join(here, '../../../dist/deploy/local', name)).href);
const { startPlatform } = await built('platform.js');
const { startServices } = await built('services.js');
const { onEnding } = await built('ending.js');

const [stateDir] = process.argv.slice(2);
const log = (line) => console.error(line);
const startedAt = Date.now();
const platform = await startPlatform({ stateDir, log });
const services = await startServices({
  services: [{ name: 'stand-in', env: { STAND_IN_DEAF: '1' }, entry: join(here, 'service.mjs') }],
  stateDir,
  log,
});
onEnding(async () => {
  await Promise.all(services.all.map((service) => service.kill()));
  await platform.stop();
}, log);
const pids = [platform.postgres.pid, platform.kafka.pid, services.get('stand-in').pid];
console.log(JSON.stringify({ pids, startMs: Date.now() - startedAt, databaseUrl: platform.databaseUrl }));
