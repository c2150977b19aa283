import type { DataSource } from 'typeorm';
import { sensorReported } from '#events';
import { Counters } from '#observability';
import { startKafka, type Kafka } from '../../../deploy/local/kafka.js';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimPartitions } from './progress.store.js';
import { resetProgress } from './reset-progress.js';
import { StepStore } from './step.store.js';
import { readerOf } from './topic-readers.js';
import { createTopics } from './topics.client.js';
import { BenchBroker, BenchDatabase, numbered, quiet, unique, until } from './testing/bench.client.js';
import {
  recording,
  startBenchServer,
  type BenchHandler,
  type BenchServer,
  type BenchServerRequest,
} from './testing/bench-server.js';
import { registerForeignSnappy } from './testing/foreign-snappy.js';
import { CommitLoser, plainWire, Proxy } from './testing/proxy.client.js';

let database: BenchDatabase;
let dataSource: DataSource;
let broker: BenchBroker;
const running: BenchServer[] = [];

beforeAll(async () => {
  [database, broker] = await Promise.all([BenchDatabase.create(), new BenchBroker().open()]);
  dataSource = await database.dataSource();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await database.look('TRUNCATE effects, outbox, inbox, progress, progress_resets');
});
afterAll(async () => {
  await broker.close();
  await database.drop();
});

async function start(
  topic: string,
  handler: BenchHandler,
  more: Partial<BenchServerRequest> = {},
): Promise<BenchServer> {
  const service = more.service ?? unique('enforcement');
  const server = await startBenchServer({ service, topic, handler, brokers: broker.brokers, dataSource, ...more });
  running.push(server);
  return server;
}

const notes = async (): Promise<number[]> => (await database.effects()).map(({ note }) => Number(note));
const text = (n: number): string => JSON.stringify(numbered(n));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

describe('a batch in a codec that kafkajs does not have', () => {
  it('is repacked by the broker on topics made like ours, and is read', async () => {
    const compression = registerForeignSnappy();
    await createTopics(broker.brokers);
    const { resources } = await broker.admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: 'lazaret.sensors.v1' }],
    });
    const pinned = resources[0]?.configEntries.find(({ configName }) => configName === 'compression.type');
    const topic = await broker.topic(unique('t'), 1, { 'compression.type': pinned?.configValue ?? '' });
    await broker.producer.send({
      topic,
      compression,
      messages: range(0, 50).map((n) => ({ key: 'k', value: text(n) })),
    });
    const server = await start(topic, recording);
    await server.server.caughtUp();
    expect(await notes()).toEqual(range(0, 50));
    expect(server.fatal).toEqual([]);
  });

  it('ends the process where it is not repacked, instead of leaving it up and idle', async () => {
    const compression = registerForeignSnappy();
    const topic = await broker.topic(unique('t'), 1, { 'compression.type': 'producer' });
    await broker.producer.send({ topic, compression, messages: [{ key: 'k', value: text(1) }] });
    const server = await start(topic, recording);
    await until('the end', () => server.fatal.length > 0);
    expect(server.fatal).toMatchObject([{ code: 'consumer-stopped' }]);
  });
});

describe('a stored offset outside the log', () => {
  it('stops with a clear error when retention has passed it, and goes on after an audited reset', async () => {
    const topic = await broker.topic();
    const service = unique('enforcement');
    await broker.send(topic, range(0, 5).map(text));
    const first = await start(topic, recording, { service });
    await first.server.caughtUp();
    await first.stop();
    await broker.send(topic, range(5, 10).map(text));
    await broker.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '8' }] });

    const second = await start(topic, recording, { service });
    await until('the end', () => second.fatal.length > 0);
    expect(second.fatal).toMatchObject([{ code: 'offset-outside-log', retry: 'permanent' }]);
    expect(second.fatal[0]?.message).toContain('stands at 5 but the log holds 8 to 10');
    expect(await notes()).toEqual(range(0, 5));
    await second.stop();

    await resetProgress(dataSource, service, topic, 0, 'retention passed, seen in review', 'anna');
    const third = await start(topic, recording, { service });
    await third.server.caughtUp();
    expect(await notes()).toEqual([...range(0, 5), 8, 9]);
    const kept = await database.look('SELECT consumer, from_offset, to_offset, reason, actor FROM progress_resets');
    expect(kept).toEqual([
      {
        consumer: service,
        from_offset: '5',
        to_offset: null,
        reason: 'retention passed, seen in review',
        actor: 'anna',
      },
    ]);
  });

  it('stops when the topic was made anew, and does not read the new one as if it were the old', async () => {
    const topic = await broker.topic();
    const service = unique('enforcement');
    await broker.send(topic, range(0, 5).map(text));
    const first = await start(topic, recording, { service });
    await first.server.caughtUp();
    await first.stop();
    await broker.admin.deleteTopics({ topics: [topic] });
    await broker.topic(topic);
    await broker.send(topic, [text(99)]);
    const second = await start(topic, recording, { service });
    await until('the end', () => second.fatal.length > 0);
    expect(second.fatal).toMatchObject([{ code: 'offset-outside-log' }]);
    expect(await notes()).toEqual(range(0, 5));
  });
});

describe('an owner that was replaced', () => {
  it('writes nothing, neither state nor outbox nor progress', async () => {
    const settings = { dataSource, counters: new Counters(), logger: quiet(), tries: 3, now: () => new Date() };
    const steps = new StepStore(settings);
    const call = async (event: unknown, context: Parameters<BenchHandler>[1]): Promise<void> => {
      await recording(event as Parameters<BenchHandler>[0], context);
      await context.publish(numbered(1));
    };
    const plan = { reader: readerOf('t', { t: sensorReported }), handlers: [{ delivery: 'once' as const, call }] };
    const records = [{ offset: 0n, key: 'k', value: Buffer.from(text(1)), headers: [] }];
    const place = { topic: 't', partition: 0, start: 0n };
    const [zombie] = await claimPartitions(dataSource, 'group', [place]);
    const [owner] = await claimPartitions(dataSource, 'group', [place]);
    if (!zombie || !owner) throw new Error('no claims');

    await expect(steps.handle(zombie, records, plan)).rejects.toMatchObject({ code: 'fenced' });
    expect(await notes()).toEqual([]);
    expect(await database.look('SELECT 1 FROM outbox UNION ALL SELECT 1 FROM inbox')).toEqual([]);
    await steps.handle(owner, records, plan);
    expect(await notes()).toEqual([1]);
    await expect(steps.handle(zombie, records, plan)).rejects.toMatchObject({ code: 'fenced' });
    expect(await notes()).toEqual([1]);
  });

  it('finds its way back when it is still a member of the group', async () => {
    const topic = await broker.topic();
    await broker.send(topic, [text(1)]);
    const server = await start(topic, recording, { tuning: { fencedPauseMs: 300 } });
    await server.server.caughtUp();
    await database.look('UPDATE progress SET owner_epoch = owner_epoch + 1');
    await broker.send(topic, [text(2)]);
    await until('the second event', async () => (await notes()).length === 2);
    expect(server.server.counters.get('step.fenced')).toBe(1);
    expect(await notes()).toEqual([1, 2]);
  });
});

describe('several replicas', () => {
  it('come and go without losing, doubling or reordering anything', async () => {
    const topic = await broker.topic(unique('t'), 6);
    const service = unique('enforcement');
    const total = 1800;
    const send = async (from: number, to: number): Promise<void> => {
      for (const n of range(from, to)) await broker.send(topic, [text(n)], n % 6);
    };
    const first = await start(topic, recording, { service, tuning: { chunk: 10 } });
    const sending = send(0, total);
    await until('some work', async () => (await notes()).length > 100);
    await start(topic, recording, { service, tuning: { chunk: 10 } });
    await until('more work', async () => (await notes()).length > 700);
    await first.stop();
    await sending;
    await until('all work', async () => (await notes()).length >= total, 30_000);
    const seen = await notes();
    expect([...seen].sort((a, b) => a - b)).toEqual(range(0, total));
    for (const partition of range(0, 6)) {
      const inPartition = seen.filter((n) => n % 6 === partition);
      expect(inPartition).toEqual([...inPartition].sort((a, b) => a - b));
    }
  });
});

describe('a database that fails', () => {
  async function through(proxy: Proxy): Promise<DataSource> {
    const url = new URL(database.url);
    url.port = String(proxy.port);
    return database.dataSource(url.href);
  }
  const target = (): { host: string; port: number } => ({
    host: '127.0.0.1',
    port: Number(new URL(database.url).port),
  });

  it('is waited for, and nothing is lost or done twice', async () => {
    const proxy = await new Proxy(target(), plainWire).up();
    const topic = await broker.topic(unique('t'), 3);
    const server = await start(topic, recording, { dataSource: await through(proxy) });
    for (const n of range(0, 30)) await broker.send(topic, [text(n)], n % 3);
    await until('the first half', async () => (await notes()).length === 30);
    await proxy.down();
    for (const n of range(30, 60)) await broker.send(topic, [text(n)], n % 3);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await notes()).toHaveLength(30);
    await proxy.up();
    await until('the second half', async () => (await notes()).length >= 60);
    expect((await notes()).sort((a, b) => a - b)).toEqual(range(0, 60));
    expect(server.fatal).toEqual([]);
    await server.stop();
    await proxy.down();
  });

  it('may lose the answer to a commit: the step is not done again', async () => {
    const loser = new CommitLoser();
    const proxy = await new Proxy(target(), () => loser.wire()).up();
    const topic = await broker.topic();
    const server = await start(topic, recording, { dataSource: await through(proxy) });
    await broker.send(topic, [text(1)]);
    await until('the first event', async () => (await notes()).length === 1);
    loser.toLose = 1;
    await broker.send(topic, [text(2)]);
    await until('the lost answer', () => loser.toLose === 0);
    await broker.send(topic, [text(3)]);
    await until('the third event', async () => (await notes()).length >= 3);
    expect(await notes()).toEqual([1, 2, 3]);
    await server.stop();
    await proxy.down();
  });
});

describe('a broker that fails', () => {
  let own: Kafka | undefined;
  afterAll(() => own?.stop());

  it('is waited for by the consumer, and every event is handled once', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lazaret-broker-'));
    own = await startKafka({ dir, cacheDir: join(process.cwd(), '.lazaret/cache/kafka'), log: () => undefined });
    const bench = await new BenchBroker([own.brokers]).open();
    const topic = await bench.topic(unique('t'), 3);
    const server = await start(topic, recording, { brokers: bench.brokers });
    for (const n of range(0, 30)) await bench.send(topic, [text(n)], n % 3);
    await until('the first half', async () => (await notes()).length === 30);
    await own.kill();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await own.restart();
    for (const n of range(30, 60)) await bench.send(topic, [text(n)], n % 3);
    await until('the second half', async () => (await notes()).length >= 60, 30_000);
    expect((await notes()).sort((a, b) => a - b)).toEqual(range(0, 60));
    expect(server.fatal).toEqual([]);
    await bench.close();
    await own.kill();
    const began = performance.now();
    await server.stop();
    expect(performance.now() - began).toBeLessThan(10_000);
    await own.restart(); // kafkajs still tries to say goodbye
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  });
});

describe('a handler that never comes back', () => {
  it('ends the process, as nothing can end the handler', async () => {
    const topic = await broker.topic();
    await broker.send(topic, [text(1)]);
    const release: (() => void)[] = [];
    const handler = (): Promise<void> => new Promise((resolve) => release.push(resolve));
    const server = await start(topic, handler, { tuning: { patience: { signMs: 60_000, stepMs: 1_500 } } });
    await until('the end', () => server.fatal.length > 0);
    expect(server.fatal).toMatchObject([{ code: 'handler-stalled' }]);
    for (const resolve of release) resolve();
  });
});
