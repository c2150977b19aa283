import 'reflect-metadata';
import { KafkaEventServer } from '#messaging';
import { Counters, createLogger, NestLogger } from '#observability';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { readConfig } from './config.js';
import { ObservationsConsumer } from './observations/observations.consumer.js';
import { RiskScoringModule, SERVICE } from './risk-scoring.module.js';

const logger = createLogger(SERVICE);

async function start(): Promise<void> {
  const config = readConfig();
  const counters = new Counters();
  const module = RiskScoringModule.forService(config, logger, counters);
  const app = await NestFactory.create(module, { logger: new NestLogger(logger), abortOnError: false });
  const dataSource = app.get(DataSource);
  const server = new KafkaEventServer({ service: SERVICE, brokers: config.kafkaBrokers, dataSource, logger, counters });
  app.connectMicroservice({ strategy: server });
  const observations = app.get(ObservationsConsumer);
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= observations.stop().then(() => app.close());
    stopping.then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  await app.startAllMicroservices();
  await app.init();
  // Contracts and releases first: what they excuse must not be weighed.
  await server.caughtUp();
  await observations.start();
  logger.info('ready');
}

function fail(error: unknown): void {
  const reason = error instanceof Error ? error.message : 'unknown';
  logger.fatal({ reason }, 'risk-scoring can not go on');
  process.exit(1);
}

start().catch(fail);
