import 'reflect-metadata';
import { loadConfig } from '#config';
import { Counters, createLogger } from '#observability';
import { configSchema } from './config.js';
import { startDiscovery } from './discovery.module.js';

const COUNTERS_MS = 60_000;
const logger = createLogger('discovery');
const counters = new Counters();

async function main(): Promise<void> {
  const config = loadConfig(configSchema);
  const starting = startDiscovery(config, logger, counters);
  const end = (): void => void starting.then((app) => app.close()).then(() => process.exit(0), fail);
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  await starting;
  logger.info({ sensors: config.sensors.map(({ id }) => id) }, 'ready');
  setInterval(() => logger.info({ counters: counters.snapshot() }, 'counters'), COUNTERS_MS).unref();
}

function fail(err: unknown): never {
  logger.fatal({ err }, 'discovery can not go on');
  process.exit(1);
}

process.on('unhandledRejection', fail);
main().catch(fail);
