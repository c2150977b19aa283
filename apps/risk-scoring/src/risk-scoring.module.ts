import { EventProducer, MessagingModule } from '#messaging';
import { Counters, type Logger } from '#observability';
import { StorageModule } from '#storage';
import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { RiskScoringConfig } from './config.js';
import { ContextController } from './context/context.controller.js';
import { Context } from './context/context.js';
import { storage } from './data-source.js';
import { ConfickerCalendar } from './detectors/command/conficker/calendar.js';
import { ObservationsConsumer } from './observations/observations.consumer.js';

export const SERVICE = 'risk-scoring';

/** WEIGH: observations in, assessments out. */
@Module({})
export class RiskScoringModule {
  static forService(config: RiskScoringConfig, logger: Logger, counters = new Counters()): DynamicModule {
    const { databaseUrl, epoch, kafkaBrokers: brokers, siteSuffixes, snapshotSeconds } = config;
    const surroundings = { context: new Context(), calendar: new ConfickerCalendar(), siteSuffixes };
    const given = { service: SERVICE, brokers, logger, counters, surroundings, epoch, snapshotSeconds };
    return {
      module: RiskScoringModule,
      imports: [
        StorageModule.forService({ ...storage, url: databaseUrl }),
        MessagingModule.forService({ service: SERVICE, brokers, logger, counters }),
      ],
      controllers: [ContextController],
      providers: [
        {
          provide: ObservationsConsumer,
          useFactory: (dataSource: DataSource, producer: EventProducer) =>
            new ObservationsConsumer({ ...given, dataSource, producer }),
          inject: [DataSource, EventProducer],
        },
      ],
    };
  }
}
