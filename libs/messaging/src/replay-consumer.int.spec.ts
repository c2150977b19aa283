import { sensorReported, type SensorReported } from '#events';
import { inTransaction } from '#storage';
import type { DataSource } from 'typeorm';
import { EventProducer } from './event.publisher.js';
import { ReplayConsumer, type ReplayHandler, type ReplayItem } from './replay.consumer.js';
import { createTopics } from './topics.client.js';
import { BenchBroker, BenchDatabase, numbered, quiet, unique, until } from './testing/bench.client.js';

let database: BenchDatabase;
let dataSource: DataSource;
let broker: BenchBroker;
let producer: EventProducer;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [database, broker] = await Promise.all([BenchDatabase.create(), new BenchBroker().open()]);
  dataSource = await database.dataSource();
  producer = new EventProducer({ brokers: broker.brokers, clientId: 'replay', logger: quiet() });
  await createTopics(broker.brokers);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(async () => {
  await producer.close();
  await broker.close();
  await database.drop();
});

/** Sums numbers per partition; a snapshot is one note. */
class Sums implements ReplayHandler<SensorReported> {
  readonly sums = new Map<number, number>();
  readonly next = new Map<number, string>();
  readonly assignments: number[] = [];
  readonly revoked_: number[] = [];
  fail: (n: number) => Error | null = () => null;

  constructor(private readonly name: string) {}

  async assigned(partition: number): Promise<string | null> {
    this.assignments.push(partition);
    const rows = await database.look<{ note: string }>(
      'SELECT note FROM effects WHERE event_id = $1 ORDER BY seq DESC LIMIT 1',
      [`${this.name}/${partition}`],
    );
    const [sum, next] = (rows[0]?.note ?? '0').split(' ');
    this.sums.set(partition, Number(sum));
    return next ?? null;
  }

  async revoked(partition: number): Promise<void> {
    this.revoked_.push(partition);
    this.sums.delete(partition);
  }

  async handle(partition: number, items: ReplayItem<SensorReported>[]): Promise<void> {
    for (const { event, offset } of items) {
      const n = event.data.recordsPerSecond;
      this.sums.set(partition, (this.sums.get(partition) ?? 0) + n); // before the failure: half done
      const error = this.fail(n);
      if (error) throw error;
      this.next.set(partition, (BigInt(offset) + 1n).toString());
    }
  }

  async snapshot(consumer: ReplayConsumer<SensorReported>, partition: number): Promise<void> {
    const next = this.next.get(partition) ?? '0';
    await inTransaction(dataSource, async (manager) => {
      const note = `${this.sums.get(partition)} ${next}`;
      await manager.query('INSERT INTO effects (event_id, note) VALUES ($1, $2)', [`${this.name}/${partition}`, note]);
      await consumer.advance(manager, partition, next);
    });
  }
}

interface Running {
  handler: Sums;
  consumer: ReplayConsumer<SensorReported>;
  fatal: Error[];
}

async function start(
  topic: string,
  group: string,
  prepare: (handler: Sums) => void = () => undefined,
): Promise<Running> {
  const handler = new Sums(group);
  prepare(handler);
  const fatal: Error[] = [];
  const consumer = new ReplayConsumer<SensorReported>({
    service: 'risk-scoring',
    group,
    topic,
    brokers: broker.brokers,
    dataSource,
    producer,
    logger: quiet(),
    handler,
    topicSchemas: { [topic]: sensorReported },
    onFatal: (error) => fatal.push(error),
  });
  await consumer.start();
  stops.push(() => consumer.stop());
  return { handler, consumer, fatal };
}

const caughtUp = (consumer: ReplayConsumer<SensorReported>): Promise<void> =>
  until('the log to be read', () => consumer.hasCaughtUp());
const texts = (...numbers: number[]): string[] => numbers.map((n) => JSON.stringify(numbered(n)));

it('begins at the start of the log without a snapshot, and after a restart where the snapshot ends', async () => {
  const topic = await broker.topic();
  const group = unique('risk-scoring');
  await broker.send(topic, texts(1, 2, 3));
  const first = await start(topic, group);
  await caughtUp(first.consumer);
  expect(first.handler.sums.get(0)).toBe(6);
  await first.handler.snapshot(first.consumer, 0);
  await broker.send(topic, texts(10));
  await until('the fourth', () => first.handler.sums.get(0) === 16); // not in the snapshot
  await first.consumer.stop();
  expect(first.handler.revoked_).toEqual([0]);

  await broker.send(topic, texts(100));
  const second = await start(topic, group);
  await caughtUp(second.consumer);
  expect(second.handler.sums.get(0)).toBe(116);
  const progress = await database.look('SELECT next_offset FROM progress WHERE consumer = $1', [group]);
  expect(progress).toEqual([{ next_offset: '3' }]);
});

it('refuses the snapshot of an owner that was replaced', async () => {
  const topic = await broker.topic();
  const group = unique('risk-scoring');
  await broker.send(topic, texts(1));
  const { handler, consumer } = await start(topic, group);
  await caughtUp(consumer);
  await database.look('UPDATE progress SET owner_epoch = owner_epoch + 1 WHERE consumer = $1', [group]);
  await expect(handler.snapshot(consumer, 0)).rejects.toMatchObject({ code: 'fenced' });
  expect(await database.look('SELECT 1 FROM effects WHERE event_id = $1', [`${group}/0`])).toEqual([]);
});

it('loads the state anew when handling fails half-way, and leaves out only the event at fault', async () => {
  const topic = await broker.topic();
  const group = unique('risk-scoring');
  await broker.send(topic, texts(1, 2, 3, 4));
  const { handler, consumer } = await start(topic, group, (sums) => {
    sums.fail = (n) => (n === 3 ? new TypeError('no such field') : null);
  });
  await caughtUp(consumer);
  expect(handler.sums.get(0)).toBe(7);
  const letters = (await broker.read('lazaret.dead-letter.v1'))
    .map(
      ({ value }) =>
        (JSON.parse(value?.toString() ?? '') as { data: { consumer: string; offset: string; code: string } }).data,
    )
    .filter((letter) => letter.consumer === group);
  expect(letters).toMatchObject([{ offset: '2', code: 'handler-failed' }]);
});

it('reads on after a transient failure with nothing counted twice', async () => {
  const topic = await broker.topic();
  let failures = 2;
  await broker.send(topic, texts(1, 2, 3));
  const { handler, consumer } = await start(topic, unique('risk-scoring'), (sums) => {
    sums.fail = (n) => (n === 2 && failures-- > 0 ? Object.assign(new Error('away'), { retry: 'transient' }) : null);
  });
  await caughtUp(consumer);
  expect(handler.sums.get(0)).toBe(6);
});

it('keeps what can not be read as a dead letter and goes on', async () => {
  const topic = await broker.topic();
  const group = unique('risk-scoring');
  await broker.send(topic, ['{', ...texts(5)]);
  const { handler, consumer, fatal } = await start(topic, group);
  await caughtUp(consumer);
  expect(handler.sums.get(0)).toBe(5);
  expect(consumer.counters.get('event.dead-lettered:malformed-json')).toBe(1);
  expect(fatal).toEqual([]);
});

it('shares the partitions with a second replica, each loading its own', async () => {
  const topic = await broker.topic(unique('t'), 2);
  const group = unique('risk-scoring');
  await broker.send(topic, texts(1), 0);
  await broker.send(topic, texts(2), 1);
  const first = await start(topic, group);
  await caughtUp(first.consumer);
  for (const partition of [0, 1]) await first.handler.snapshot(first.consumer, partition);
  const second = await start(topic, group);
  await until('one each', () => first.handler.sums.size === 1 && second.handler.sums.size === 1);
  const sums = [...first.handler.sums, ...second.handler.sums].sort(([a], [b]) => a - b);
  expect(sums).toEqual([
    [0, 1],
    [1, 2],
  ]);
});
