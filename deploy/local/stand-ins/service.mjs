// A stand-in for a service, for the specs of supervision. What it does is in its environment:
// STAND_IN_READY_MS, STAND_IN_EXIT_CODE (ends before it is ready), STAND_IN_DEAF (ignores SIGTERM).
import { setTimeout as sleep } from 'node:timers/promises';

const { STAND_IN_READY_MS = '0', STAND_IN_EXIT_CODE, STAND_IN_DEAF } = process.env;

process.on('SIGTERM', () => {
  if (STAND_IN_DEAF === undefined) process.exit(0);
});
setInterval(() => undefined, 60_000);
await sleep(Number(STAND_IN_READY_MS));
if (STAND_IN_EXIT_CODE !== undefined) {
  console.log(JSON.stringify({ level: 60, msg: 'configuration invalid' }));
  process.exit(Number(STAND_IN_EXIT_CODE));
}
console.log('a line that is no JSON');
console.log(JSON.stringify({ level: 30, msg: 'ready', port: 1234, nodeEnv: process.env.NODE_ENV ?? null }));
