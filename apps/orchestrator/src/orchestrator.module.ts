import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MessagingModule } from '#messaging';
import type { Logger } from '#observability';
import { StorageModule } from '#storage';
import { ApiModule } from './api/api.module.js';
import { EventSignal } from './api/event-signal.client.js';
import { DrillCommands, InventoryImport, QuarantineCommands, StopCommands } from './commands.js';
import type { OrchestratorConfig } from './config.js';
import { CsvInventoryImport } from './contract/inventory-import.command.js';
import { storage } from './data-source.js';
import { StoredDrillCommands } from './drills/drills.command.js';
import { HealthController } from './health.controller.js';
import { AssessmentsConsumer } from './intake/assessments.consumer.js';
import { ConversationsConsumer } from './intake/conversations.consumer.js';
import { DevicesConsumer } from './intake/devices.consumer.js';
import { PointsConsumer } from './intake/points.consumer.js';
import { SeenConsumer } from './intake/seen.consumer.js';
import { SensorsConsumer } from './intake/sensors.consumer.js';
import { Teller } from './intake/teller.js';
import { LogNotifier } from './notify/log-notifier.js';
import { Notifier } from './notify/notice.js';
import { WebhookDesk } from './notify/webhooks/webhook-desk.store.js';
import { WebhookSender } from './notify/webhooks/webhook-sender.command.js';
import type { PolicyInForce } from './policy/policy.js';
import { Decider } from './quarantine/decider.command.js';
import { StoredQuarantineCommands } from './quarantine/quarantine.command.js';
import { UndoSheets } from './quarantine/undo-sheets.store.js';
import { DeviceQueries, PointQueries, QuarantineQueries, RuleQueries } from './queries.js';
import { Readiness } from './readiness.js';
import { StoredPointQueries } from './readiness/point-queries.store.js';
import { StoredDeviceQueries, StoredQuarantineQueries, StoredRuleQueries } from './stored-queries.store.js';
import { Rounds } from './wanted/rounds.command.js';
import { StoredStopCommands } from './wanted/stop.command.js';

export interface OrchestratorOptions {
  config: Pick<OrchestratorConfig, 'databaseUrl' | 'kafkaBrokers' | 'publicUrl' | 'undoDirectory' | 'webhooks'>;
  inForce: PolicyInForce;
  logger: Logger;
}

/** Commands and queries, for consumers and for people alike. */
@Global()
@Module({})
export class DecidingModule {
  static over({ config, inForce, logger }: OrchestratorOptions): DynamicModule {
    const providers = decidingProviders({ config, inForce, logger });
    return { module: DecidingModule, providers, exports: providers };
  }
}

@Module({})
export class OrchestratorModule {
  static over(options: OrchestratorOptions): DynamicModule {
    const { config, logger } = options;
    const { databaseUrl, kafkaBrokers: brokers } = config;
    const deciding = DecidingModule.over(options);
    return {
      module: OrchestratorModule,
      imports: [
        StorageModule.forService({ ...storage, url: databaseUrl }),
        MessagingModule.forService({ service: 'orchestrator', brokers, logger }),
        deciding,
        ApiModule.over([deciding], { databaseUrl, logger }),
      ],
      controllers: [
        HealthController,
        DevicesConsumer,
        AssessmentsConsumer,
        SeenConsumer,
        SensorsConsumer,
        PointsConsumer,
        ConversationsConsumer,
      ],
      providers: [
        {
          provide: WebhookSender,
          useFactory: (dataSource: DataSource, signal: EventSignal) =>
            new WebhookSender(dataSource, signal, config.webhooks, logger),
          inject: [DataSource, EventSignal],
        },
      ],
    };
  }
}

function decidingProviders({ config, inForce, logger }: OrchestratorOptions): Provider[] {
  const onStorage = <T>(provide: unknown, make: (dataSource: DataSource) => T): Provider =>
    ({ provide, useFactory: make, inject: [DataSource] }) as Provider;
  const notifier = new LogNotifier(logger, config.publicUrl);
  const decider = new Decider(inForce, new UndoSheets(config.undoDirectory, logger));
  const teller = new Teller(notifier, logger);
  return [
    { provide: Readiness, useValue: new Readiness() },
    { provide: Notifier, useValue: notifier },
    { provide: Decider, useValue: decider },
    { provide: Teller, useValue: teller },
    onStorage(Rounds, (dataSource) => new Rounds(dataSource, decider, teller, logger)),
    onStorage(QuarantineCommands, (dataSource) => new StoredQuarantineCommands(dataSource, inForce, notifier)),
    onStorage(StopCommands, (dataSource) => new StoredStopCommands(dataSource)),
    onStorage(DrillCommands, (dataSource) => new StoredDrillCommands(dataSource)),
    onStorage(PointQueries, (dataSource) => new StoredPointQueries(dataSource, inForce)),
    onStorage(InventoryImport, (dataSource) => new CsvInventoryImport(dataSource)),
    onStorage(DeviceQueries, (dataSource) => new StoredDeviceQueries(dataSource, inForce)),
    onStorage(QuarantineQueries, (dataSource) => new StoredQuarantineQueries(dataSource, inForce)),
    onStorage(WebhookDesk, (dataSource) => new WebhookDesk(dataSource, config.webhooks)),
    onStorage(RuleQueries, (dataSource) => new StoredRuleQueries(dataSource, inForce)),
  ];
}
