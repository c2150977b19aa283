import 'reflect-metadata';
import { Counters, createLogger } from '#observability';
import { readConfig } from './config.js';
import { testPorts } from './drill/test-port.js';
import { makePoint } from './drivers/point.js';
import { SERVICE, startEnforcement, type Running } from './enforcement.module.js';
import { describePoint } from './points/description.js';

const logger = createLogger(SERVICE);

async function start(): Promise<void> {
  const { databaseUrl, kafkaBrokers: brokers, interlocks, undoDirectory, ...config } = readConfig();
  const points = config.points.map((point) => makePoint(point, logger));
  const descriptions = new Map(config.points.map((point) => [point.id, describePoint(point)]));
  const drilling = { descriptions, testPorts: testPorts(config.drills) };
  const counters = new Counters();
  const options = { databaseUrl, brokers, points, interlocks, undoDirectory, ...drilling, logger, counters };
  const starting = startEnforcement(options);
  endOnSignal(starting);
  await starting;
  logger.info({ points: points.length }, 'ready');
}

function endOnSignal(starting: Promise<Running>): void {
  let stopping: Promise<void> | undefined;
  const end = (): void => {
    stopping ??= starting.then((running) => running.stop());
    stopping.then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
}

function fail(error: unknown): void {
  const reason = error instanceof Error ? error.message : 'unknown';
  logger.fatal({ reason }, 'enforcement can not go on');
  process.exit(1);
}

start().catch(fail);
