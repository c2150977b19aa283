import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { KafkaEventServer } from '#messaging';
import { createLogger, NestLogger } from '#observability';
import { serveApi } from './api/serve.js';
import { loadOrchestratorConfig } from './config.js';
import { OrchestratorModule } from './orchestrator.module.js';
import { keepPolicy, readPolicy } from './policy/policy.store.js';
import { checkTransitions, TRANSITIONS } from './quarantine/transitions.js';
import { Readiness } from './readiness.js';
import { Rounds } from './wanted/rounds.command.js';

const SERVICE = 'orchestrator';
const logger = createLogger(SERVICE);

async function main(): Promise<void> {
  const unsound = checkTransitions(TRANSITIONS);
  if (unsound.length > 0) throw new Error(`the table of transitions is unsound: ${unsound.join('; ')}`);
  const config = loadOrchestratorConfig();
  const inForce = readPolicy(config.policyFile);
  const module = OrchestratorModule.over({ config, inForce, logger });
  const app = await NestFactory.create<NestExpressApplication>(module, {
    logger: new NestLogger(logger),
    bodyParser: false,
  });
  serveApi(app, logger);
  const dataSource = app.get(DataSource);
  await keepPolicy(dataSource, inForce, new Date());
  const strategy = new KafkaEventServer({ service: SERVICE, brokers: config.kafkaBrokers, dataSource, logger });
  app.connectMicroservice({ strategy });
  const rounds = app.get(Rounds);
  stopOnSignals(() => rounds.stop().then(() => app.close()));
  await app.startAllMicroservices();
  await app.listen(config.http.port, config.http.host);
  await strategy.caughtUp();
  rounds.start();
  app.get(Readiness).isReady = true;
  logger.info({ url: await app.getUrl(), policyVersion: inForce.version }, 'ready');
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      logger.info({ signal }, 'stopping');
      stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    });
  }
}

function fail(error: unknown): never {
  logger.fatal({ err: error }, 'orchestrator ends');
  process.exit(1);
}

process.on('unhandledRejection', fail);
main().catch(fail);
