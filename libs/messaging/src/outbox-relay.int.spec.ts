import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicOf, type LazaretEvent } from '#events';
import { Counters } from '#observability';
import { inTransaction } from '#storage';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { startKafka, type Kafka } from '../../../deploy/local/kafka.js';
import { encode } from './encode.js';
import { EventProducer } from './event.publisher.js';
import { insertRecord, publishInTransaction } from './outbox.store.js';
import { OutboxRelay } from './outbox-relay.publisher.js';
import { createTopics } from './topics.client.js';
import { BenchBroker, BenchDatabase, numbered, numberIn, quiet, unique, until } from './testing/bench.client.js';

let database: BenchDatabase;
let dataSource: DataSource;
let broker: BenchBroker;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [database, broker] = await Promise.all([BenchDatabase.create(), new BenchBroker().open()]);
  dataSource = await database.dataSource();
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await database.look('TRUNCATE outbox');
});
afterAll(async () => {
  await broker.close();
  await database.drop();
});

interface Running {
  relay: OutboxRelay;
  counters: Counters;
}

function start(brokers = broker.brokers, from = dataSource): Running {
  const counters = new Counters();
  const logger = quiet();
  const producer = new EventProducer({ brokers, clientId: unique('relay'), logger });
  const relay = new OutboxRelay({ service: 'enforcement', dataSource: from, producer, logger, counters });
  relay.start();
  stops.push(async () => {
    await relay.stop();
    await producer.close();
  });
  return { relay, counters };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const put = (manager: EntityManager, topic: string, n: number, key = 'k'): Promise<void> =>
  insertRecord(manager, encode(numbered(n, key), topic));
const numbersOf = async (topic: string, bench = broker): Promise<number[]> =>
  (await bench.read(topic)).map(({ value }) => numberIn(value));
const waiting = async (): Promise<number> => (await database.look('SELECT 1 FROM outbox')).length;
const isEmpty = (): Promise<void> => until('the outbox to be empty', async () => (await waiting()) === 0);

async function begin(): Promise<QueryRunner> {
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  return runner;
}

describe('the outbox relay', () => {
  it('sends an event of `publishInTransaction` to its topic within milliseconds of the commit, and not before', async () => {
    await createTopics(broker.brokers);
    const event: LazaretEvent = numbered(1, unique('sensor'));
    start();
    const runner = await begin();
    await publishInTransaction(runner.manager, event);
    await new Promise((resolve) => setTimeout(resolve, 1_300)); // longer than the poll
    const topic = topicOf(event.type);
    const has = async (): Promise<boolean> =>
      (await broker.read(topic)).some(({ key, value }) => key?.toString() === event.subject && numberIn(value) === 1);
    expect(await has()).toBe(false);
    await runner.commitTransaction();
    const committed = Date.now();
    await isEmpty();
    expect(Date.now() - committed).toBeLessThan(500);
    expect(await has()).toBe(true);
    await runner.release();
  });

  it('sends nothing of a transaction that was rolled back', async () => {
    const topic = await broker.topic();
    start();
    await inTransaction(dataSource, async (manager) => {
      await put(manager, topic, 1);
      throw new Error('no');
    }).catch(() => undefined);
    await inTransaction(dataSource, (manager) => put(manager, topic, 2));
    await isEmpty();
    expect(await numbersOf(topic)).toEqual([2]);
  });

  it('sends a row with a lower id that commits later, and each key in order of its rows', async () => {
    const topic = await broker.topic();
    start();
    const slow = await begin();
    await put(slow.manager, topic, 1, 'slow');
    await put(slow.manager, topic, 2, 'slow');
    for (const n of range(10, 20)) await inTransaction(dataSource, (manager) => put(manager, topic, n, 'quick'));
    await until('the quick ones', async () => (await broker.end(topic)) === 10);
    await slow.commitTransaction();
    await slow.release();
    await isEmpty();
    expect(await numbersOf(topic)).toEqual([...range(10, 20), 1, 2]);
  });

  it('keeps the order of a key over many rows and many batches', async () => {
    const topic = await broker.topic(unique('t'), 3);
    await inTransaction(dataSource, async (manager) => {
      for (const n of range(0, 1300)) await put(manager, topic, n, `key-${n % 5}`);
    });
    start();
    await isEmpty();
    const messages = await broker.read(topic);
    expect(messages).toHaveLength(1300);
    for (const key of range(0, 5).map((k) => `key-${k}`)) {
      const numbers = messages.filter((message) => message.key?.toString() === key).map(({ value }) => numberIn(value));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
  });

  it('is one of several: the others stand by, and one takes over when its connection dies', async () => {
    const topic = await broker.topic();
    const first = start();
    await until('an owner', async () => (await owners()).length === 1);
    const second = start();
    await inTransaction(dataSource, (manager) => put(manager, topic, 1));
    await isEmpty();
    const [owner] = await owners();
    await database.look('SELECT pg_terminate_backend($1)', [owner?.pid]);
    for (const n of range(2, 12)) await inTransaction(dataSource, (manager) => put(manager, topic, n));
    await isEmpty();
    expect(await numbersOf(topic)).toEqual(range(1, 12));
    expect(await owners()).toHaveLength(1);
    expect(first.counters.get('relay.failed') + second.counters.get('relay.failed')).toBe(1);
  });

  it('sets a row aside that the broker will never take, and sends the others', async () => {
    const topic = await broker.topic(unique('t'), 1, { 'max.message.bytes': '20000' });
    await inTransaction(dataSource, async (manager) => {
      await put(manager, topic, 1);
      await insertRecord(manager, { topic, key: 'k', value: Buffer.alloc(30_000) });
      await put(manager, topic, 2);
    });
    start();
    await until('the others', async () => (await waiting()) === 1);
    expect(await numbersOf(topic)).toEqual([1, 2]);
    expect(await database.look('SELECT refused FROM outbox')).toEqual([{ refused: 'MESSAGE_TOO_LARGE' }]);
  });

  it('refuses an event that no broker would take before it is in the outbox', async () => {
    const event = numbered(1);
    const huge = { ...event, data: { ...event.data, problems: ['x'.repeat(1_000_000)] } };
    const write = inTransaction(dataSource, (manager) => publishInTransaction(manager, huge));
    await expect(write).rejects.toMatchObject({ code: 'event-too-large', retry: 'permanent' });
  });

  async function owners(): Promise<{ pid: number }[]> {
    return database.look(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
  }
});

describe('a dead broker', () => {
  let own: Kafka | undefined;
  afterAll(() => own?.stop());

  it('leaves the rows in place, and when it is back all are sent in order', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lazaret-broker-'));
    own = await startKafka({ dir, cacheDir: join(process.cwd(), '.lazaret/cache/kafka'), log: () => undefined });
    const bench = await new BenchBroker([own.brokers]).open();
    const topic = await bench.topic();
    start(bench.brokers);
    await inTransaction(dataSource, (manager) => put(manager, topic, 0));
    await isEmpty();
    await own.kill();
    for (const n of range(1, 40)) await inTransaction(dataSource, (manager) => put(manager, topic, n));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await waiting()).toBe(39);
    await own.restart();
    await until('the outbox to be empty', async () => (await waiting()) === 0, 30_000);
    expect(await numbersOf(topic, bench)).toEqual(range(0, 40));
    await bench.close();
    await own.kill();
    await inTransaction(dataSource, (manager) => put(manager, topic, 40));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    await stops.pop()?.();
    expect(performance.now() - began).toBeLessThan(12_000);
    expect(await waiting()).toBe(1); // for the next start
  });
});
