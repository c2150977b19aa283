import {
  Global,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { fromEnvironment } from '#config';
import { Counters, createLogger, type Logger } from '#observability';
import { DataSource } from 'typeorm';
import { EventProducer } from './event.publisher.js';
import { OutboxRelay } from './outbox-relay.publisher.js';

export interface MessagingModuleOptions {
  service: string;
  /** Default: env KAFKA_BROKERS, comma separated. */
  brokers?: string[];
  logger?: Logger;
  counters?: Counters;
  maxQueuedBytes?: number;
}

/**
 * Gives the service its `EventProducer` and its `OutboxRelay` (inject by class), and runs the relay from bootstrap to
 * shutdown. Needs the DataSource of StorageModule. Start-up does not wait for the broker.
 */
@Global()
@Module({})
export class MessagingModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly producer: EventProducer,
    private readonly relay: OutboxRelay,
  ) {}

  static forService(options: MessagingModuleOptions): DynamicModule {
    const { service } = options;
    const logger = options.logger ?? createLogger(service);
    const counters = options.counters ?? new Counters();
    return {
      module: MessagingModule,
      providers: [
        { provide: EventProducer, useFactory: () => makeProducer(options, logger, counters) },
        {
          provide: OutboxRelay,
          useFactory: (dataSource: DataSource, producer: EventProducer) =>
            new OutboxRelay({ service, dataSource, producer, logger, counters }),
          inject: [DataSource, EventProducer],
        },
      ],
      exports: [EventProducer, OutboxRelay],
    };
  }

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  /** By now the transports are closed, so nothing new comes; the relay sends what the last steps decided. */
  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.producer.close();
  }
}

function makeProducer(options: MessagingModuleOptions, logger: Logger, counters: Counters): EventProducer {
  const brokers = options.brokers ?? fromEnvironment('KAFKA_BROKERS')?.split(',');
  if (!brokers) throw new Error('KAFKA_BROKERS is not set');
  const { maxQueuedBytes } = options;
  return new EventProducer({
    brokers,
    clientId: options.service,
    logger,
    counters,
    ...(maxQueuedBytes && { maxQueuedBytes }),
  });
}
