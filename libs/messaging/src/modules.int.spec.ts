import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type QuarantineEvent, type SensorReported } from '#events';
import { inTransaction, StorageModule } from '#storage';
import { DataSource } from 'typeorm';
import { BenchBroker, BenchDatabase, benchStorage, numbered, quiet, unique, until } from './testing/bench.client.js';
import { createTopics, EventContext, KafkaEventServer, MessagingModule, publishInTransaction } from './index.js';

const seen: { topic: string; subject: string; at: number }[] = [];
const failures = new Map<string, number>();

/** Of two hops: what comes from the sensors' topic goes out as another sensor's, as services do with each other. */
@Controller()
class HopsController {
  @EventPattern<string>(TOPICS.sensors, { delivery: 'once' })
  async onSensor(@Payload() event: SensorReported, @Ctx() context: EventContext): Promise<void> {
    const left = failures.get(event.subject) ?? 0;
    failures.set(event.subject, left - 1);
    if (left > 0) throw Object.assign(new Error('away'), { retry: 'transient' });
    seen.push({ topic: context.topic, subject: event.subject, at: performance.now() });
    if (event.subject.startsWith('one-')) await context.publish(numbered(2, event.subject.replace('one-', 'two-')));
  }

  @EventPattern<string>(TOPICS.quarantines)
  onQuarantine(@Payload() event: QuarantineEvent, @Ctx() context: EventContext): void {
    seen.push({ topic: context.topic, subject: event.subject, at: performance.now() });
  }
}

describe('a service made of the modules, with HTTP beside', () => {
  let database: BenchDatabase;
  let broker: BenchBroker;
  let app: INestApplication;
  let server: KafkaEventServer;

  beforeAll(async () => {
    [database, broker] = await Promise.all([BenchDatabase.create(), new BenchBroker().open()]);
    const { brokers } = broker;
    await createTopics(brokers);
    @Module({
      imports: [
        StorageModule.forService({ ...benchStorage, url: database.url }),
        MessagingModule.forService({ service: 'enforcement', brokers, logger: quiet() }),
      ],
      controllers: [HopsController],
    })
    class ServiceModule {}
    app = await NestFactory.create(ServiceModule, { logger: false });
    const dataSource = app.get(DataSource);
    server = new KafkaEventServer({ service: unique('enforcement'), brokers, dataSource, logger: quiet() });
    app.connectMicroservice({ strategy: server });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await broker.close();
    await database.drop();
  });

  const of = (subject: string): { at: number } | undefined => seen.find((one) => one.subject === subject);

  it('carries an event from a transaction over two hops in a small part of a second', async () => {
    await server.caughtUp();
    const name = unique('s');
    const began = performance.now();
    await inTransaction(app.get(DataSource), (manager) => publishInTransaction(manager, numbered(1, `one-${name}`)));
    await until('the second hop', () => of(`two-${name}`) !== undefined);
    expect((of(`two-${name}`)?.at ?? Infinity) - began).toBeLessThan(1_000);
  });

  it('keeps the `retry` of an error that a handler throws, though the application is a hybrid one', async () => {
    const name = unique('s');
    failures.set(name, 5); // more than the tries of an error of unknown kind
    await inTransaction(app.get(DataSource), (manager) => publishInTransaction(manager, numbered(1, name)));
    await until('the event after all', () => of(name) !== undefined);
    expect(server.counters.get('event.dead-lettered:handler-failed')).toBe(0);
    expect(seen.filter(({ subject }) => subject === name)).toHaveLength(1);
  });

  it('has no timer that spins', async () => {
    const original = globalThis.setTimeout;
    let spins = 0;
    globalThis.setTimeout = ((run: () => void, ms?: number, ...rest: unknown[]) => {
      if (ms !== undefined && !(ms >= 1)) spins += 1;
      return original(run, ms, ...(rest as []));
    }) as typeof setTimeout;
    await new Promise((resolve) => original(resolve, 1_000));
    globalThis.setTimeout = original;
    expect(spins).toBeLessThan(20);
  });

  it('ends within seconds, with nothing left in its outbox', async () => {
    const dataSource = app.get(DataSource);
    await inTransaction(dataSource, (manager) => publishInTransaction(manager, numbered(1, unique('last'))));
    const began = performance.now();
    await app.close();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(dataSource.isInitialized).toBe(false);
    expect(await database.look('SELECT 1 FROM outbox')).toEqual([]);
  });
});
