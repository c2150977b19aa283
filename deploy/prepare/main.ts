import { prepareDatabases } from './service-databases.js';

/**
 * `node dist/deploy/prepare/main.js`: schemas, roles and migrations of all services, before they start.
 * DATABASE_URL is the owner's, LAZARET_DATABASE_PASSWORD what the four roles get. May run again at any time.
 */
async function main(): Promise<number> {
  const { DATABASE_URL: url, LAZARET_DATABASE_PASSWORD: password } = process.env;
  const log = (line: string) => process.stdout.write(`${line}\n`);
  if (!url || !password) {
    log('usage: DATABASE_URL=… LAZARET_DATABASE_PASSWORD=… node dist/deploy/prepare/main.js');
    return 64;
  }
  await prepareDatabases({ url, password, log });
  log('databases ready');
  return 0;
}

process.exitCode = await main();
