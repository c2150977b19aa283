import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { PointHint } from '#driver';
import { newId } from '#events';
import { KafkaEventServer, MessagingModule } from '#messaging';
import { NestLogger, type Counters, type Logger } from '#observability';
import { StorageModule } from '#storage';
import { PointLocks } from './apply/point-locks.js';
import type { Interlocks } from './check/refusal.js';
import { storage } from './data-source.js';
import { Drills } from './drill/drills.command.js';
import type { TestPort } from './drill/test-port.js';
import { Lanes } from './lanes.js';
import type { Loop } from './loop.js';
import { PostgresLoopStore } from './loop.store.js';
import type { PointDescription } from './points/description.js';
import { PointsModule } from './points/points.module.js';
import { PointReports } from './points/points.publisher.js';
import { ConversationsConsumer } from './prove/conversations.consumer.js';
import { DevicesConsumer } from './read/devices.consumer.js';
import { placed } from './read/location.store.js';
import type { Point } from './read/point.js';
import { PointReader } from './read/read-points.js';
import { reconcile } from './reconcile.js';
import { WakeUps } from './wake-ups.js';
import { WantedConsumer } from './wanted/wanted.consumer.js';
import { openDevices } from './wanted/wanted.store.js';

export const SERVICE = 'enforcement';

export interface EnforcementOptions {
  databaseUrl: string;
  brokers: string[];
  points: readonly Point[];
  interlocks: Interlocks;
  undoDirectory: string;
  /** What each point is, by id; a point without a description is reported to nobody and can't be drilled. */
  descriptions?: ReadonlyMap<string, PointDescription>;
  /** Where drills may isolate something; without it nowhere. */
  testPorts?: readonly TestPort[];
  logger: Logger;
  counters: Counters;
}

/** APPLY: makes the network match what is wanted, and proves it. */
@Module({})
export class EnforcementModule {
  static forService(options: EnforcementOptions): DynamicModule {
    const { databaseUrl: url, brokers, logger, counters } = options;
    const points = new Map(options.points.map((point) => [point.facts.id, point]));
    const locks = new PointLocks();
    const lanes = new Lanes(points);
    return {
      module: EnforcementModule,
      imports: [
        StorageModule.forService({ ...storage, url }),
        MessagingModule.forService({ service: SERVICE, brokers, logger, counters }),
        PointsModule.over({ descriptions: new Map(), testPorts: [], ...options, points, locks }),
      ],
      controllers: [WantedConsumer, DevicesConsumer, ConversationsConsumer],
      providers: [
        { provide: Lanes, useValue: lanes },
        {
          provide: PostgresLoopStore,
          useFactory: (dataSource: DataSource) => makeStore(dataSource, options),
          inject: [DataSource],
        },
        {
          provide: WakeUps,
          useFactory: (store: PostgresLoopStore) => makeWakeUps(store, lanes, { ...options, points, locks }),
          inject: [PostgresLoopStore],
        },
      ],
      exports: [WakeUps, PostgresLoopStore],
    };
  }
}

function makeStore(dataSource: DataSource, { undoDirectory }: EnforcementOptions): PostgresLoopStore {
  return new PostgresLoopStore({ dataSource, holder: newId(), undoDirectory, now: () => new Date() });
}

type LoopParts = Pick<Loop, 'points' | 'locks' | 'interlocks' | 'logger'>;

function makeWakeUps(
  store: PostgresLoopStore,
  lanes: Lanes,
  { points, locks, interlocks, logger }: LoopParts,
): WakeUps {
  const loop: Loop = {
    store,
    points,
    reader: new PointReader(),
    locks,
    interlocks,
    startedAt: new Date(),
    now: () => new Date(),
    logger,
  };
  return new WakeUps({
    run: (deviceId) => reconcile(deviceId, loop),
    laneOf: (deviceId) => lanes.laneOf(deviceId),
    logger,
  });
}

export interface Running {
  /** Ends runs that are under way, gives leases and connections back. What is applied stays applied. */
  stop(): Promise<void>;
}

/** Starts the service over these points; resolves when everything that was wanted has been read and the loop goes. */
export async function startEnforcement(options: EnforcementOptions): Promise<Running> {
  const { brokers, points, logger, counters } = options;
  const module = EnforcementModule.forService(options);
  const app = await NestFactory.create(module, { logger: new NestLogger(logger), abortOnError: false });
  const dataSource = app.get(DataSource);
  const [wakeUps, lanes] = [app.get(WakeUps), app.get(Lanes)];
  const server = new KafkaEventServer({ service: SERVICE, brokers, dataSource, logger, counters });
  app.connectMicroservice({ strategy: server });
  const [reports, drills] = [app.get(PointReports), app.get(Drills)];
  const hear = (hint: PointHint): void => {
    wakeUps.wakeThose((deviceId) => lanes.concerns(hint, deviceId));
    reports.hear(hint);
  };
  const watches = await Promise.all(points.map(({ driver }) => driver.watch(hear)));
  for (const { deviceId, ...place } of await placed(dataSource.manager)) lanes.place(deviceId, place);
  await app.startAllMicroservices();
  await app.init();
  // A missing wish means "as it was", so nothing is done before everything that was wanted has been read.
  await server.caughtUp();
  await reports.start();
  for (const deviceId of await openDevices(dataSource.manager)) wakeUps.wake(deviceId);
  wakeUps.start();
  drills.start();
  const stop = async (): Promise<void> => {
    await Promise.all(watches.map((watch) => watch.stop()));
    await Promise.all([wakeUps.stop(), drills.stop()]);
    await reports.stop();
    await app
      .get(PostgresLoopStore)
      .release()
      .catch(() => undefined);
    await app.close();
    await Promise.all(points.map(({ driver }) => driver.close()));
  };
  return { stop };
}
