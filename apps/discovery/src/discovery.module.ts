import { Module, type BeforeApplicationShutdown, type DynamicModule, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Connections } from '#config';
import { EventProducer, KafkaEventServer, MessagingModule } from '#messaging';
import { Counters, NestLogger, type Logger } from '#observability';
import { StorageModule } from '#storage';
import { DataSource } from 'typeorm';
import { buildDiscovery, type Built } from './build.store.js';
import type { DiscoveryConfig } from './config.js';
import { storage } from './data-source.js';
import { DevicesPublisher } from './devices/devices.publisher.js';
import { InventoryConsumer } from './devices/inventory.consumer.js';
import { Discovery } from './discovery.js';
import { SensorFleet } from './sensors/fleet.sensor.js';

const SERVICE = 'discovery';
const BUILT = Symbol('built');

export type ServiceConfig = DiscoveryConfig & Connections;

/** Everything of the service. Sensors start by `SensorFleet.start`, when the inventory has been read. */
@Module({})
export class DiscoveryModule implements BeforeApplicationShutdown {
  constructor(
    private readonly fleet: SensorFleet,
    private readonly devices: DevicesPublisher,
  ) {}

  static forConfig(config: ServiceConfig, logger: Logger, counters: Counters): DynamicModule {
    return {
      module: DiscoveryModule,
      imports: [
        StorageModule.forService({ ...storage, url: config.databaseUrl }),
        MessagingModule.forService({ service: SERVICE, brokers: config.kafkaBrokers, logger, counters }),
      ],
      controllers: [InventoryConsumer],
      providers: [
        {
          provide: BUILT,
          useFactory: (dataSource: DataSource, producer: EventProducer) =>
            buildDiscovery({ config, dataSource, producer, logger, counters }),
          inject: [DataSource, EventProducer],
        },
        { provide: SensorFleet, useFactory: (built: Built) => built.fleet, inject: [BUILT] },
        { provide: DevicesPublisher, useFactory: (built: Built) => built.devices, inject: [BUILT] },
        { provide: Discovery, useFactory: (built: Built) => built.discovery, inject: [BUILT] },
      ],
    };
  }

  /** Before the transports close: what was heard is told, what has changed is stored. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.fleet.stop();
    await this.devices.stop();
  }
}

/** The running service. Resolves when every sensor listens; rejects if database, broker or a sensor can't be had. */
export async function startDiscovery(
  config: ServiceConfig,
  logger: Logger,
  counters: Counters,
): Promise<INestApplication> {
  const module = DiscoveryModule.forConfig(config, logger, counters);
  const app = await NestFactory.create(module, { logger: new NestLogger(logger), abortOnError: false });
  const dataSource = app.get(DataSource);
  const server = new KafkaEventServer({ service: SERVICE, brokers: config.kafkaBrokers, dataSource, logger, counters });
  app.connectMicroservice({ strategy: server });
  await app.init();
  await app.startAllMicroservices();
  // The inventory first: a MAC that is heard before it is declared becomes a device of its own.
  await server.caughtUp();
  await app.get(SensorFleet).start();
  return app;
}
