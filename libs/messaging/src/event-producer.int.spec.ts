import { getEventListeners } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type Kafka } from '../../../deploy/local/kafka.js';
import { encode, type OutgoingRecord } from './encode.js';
import { EventProducer, type EventProducerOptions } from './event.publisher.js';
import { BenchBroker, numbered, numberIn, quiet, unique, until } from './testing/bench.client.js';
import { KafkaWire, Proxy } from './testing/proxy.client.js';

let broker: BenchBroker;
const opened: EventProducer[] = [];

beforeAll(async () => {
  broker = await new BenchBroker().open();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((producer) => producer.close()));
});
afterAll(() => broker.close());

function producer(more: Partial<EventProducerOptions> = {}): EventProducer {
  const made = new EventProducer({ brokers: broker.brokers, clientId: unique('producer'), logger: quiet(), ...more });
  opened.push(made);
  return made;
}

const record = (topic: string, n: number, key = 'k'): OutgoingRecord => encode(numbered(n, key), topic);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const numbersOf = async (topic: string, bench = broker): Promise<number[]> =>
  (await bench.read(topic)).map(({ value }) => numberIn(value));

describe('an acknowledgement that is lost after the append', () => {
  it('neither loses nor doubles nor reorders what was published at the same time', async () => {
    const brokerPort = Number(broker.brokers[0]?.split(':')[1]);
    const wire = new KafkaWire(brokerPort, () => proxy.port);
    const proxy: Proxy = new Proxy({ host: '127.0.0.1', port: brokerPort }, () => wire.wire());
    await proxy.up();
    const topic = await broker.topic();
    const sender = producer({ brokers: [`127.0.0.1:${proxy.port}`] });
    await sender.connect();
    await sender.publishRecords([record(topic, 0)]);
    for (const round of range(0, 5)) {
      wire.toLose = 1;
      const first = round * 3 + 1;
      const published: Promise<void>[] = [];
      for (const n of range(first, first + 3)) {
        published.push(sender.publishRecords([record(topic, n)]));
        // In one batch, or while the first is on its way.
        if (round % 2 === 1) await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(published);
    }
    expect(wire.lost).toBe(5);
    expect(await numbersOf(topic)).toEqual(range(0, 16));
    await sender.close();
    await proxy.down();
  });
});

describe('a producer', () => {
  it('keeps nothing of what was acknowledged in the signal that could have taken it back', async () => {
    const topic = await broker.topic();
    const sender = producer();
    await sender.connect();
    const { signal } = new AbortController();
    await Promise.all(range(0, 20).map((n) => sender.publishRecords([record(topic, n)], signal)));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await numbersOf(topic)).toEqual(range(0, 20));
  });

  it('sends in order what many publish at once, in few batches, and each to the partition of its key', async () => {
    const topic = await broker.topic(unique('t'), 3);
    const sender = producer();
    await sender.connect();
    await Promise.all(range(0, 3000).map((n) => sender.publishRecords([record(topic, n, `key-${n % 7}`)])));
    const messages = await broker.read(topic);
    expect(messages).toHaveLength(3000);
    for (const key of range(0, 7).map((k) => `key-${k}`)) {
      const numbers = messages.filter((message) => message.key?.toString() === key).map(({ value }) => numberIn(value));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
    expect(sender.queuedBytes).toBe(0);
  });

  it('splits what is larger than a batch may be', async () => {
    const topic = await broker.topic();
    const sender = producer();
    const wide = range(0, 60).map((n) => ({ topic, key: 'k', value: Buffer.alloc(60_000, 65 + (n % 20)) }));
    await sender.publishRecords(wide);
    expect(await broker.end(topic)).toBe(60);
  });

  it('refuses at once what has no room, and takes nothing of it', async () => {
    const topic = await broker.topic();
    const sender = producer({ brokers: ['127.0.0.1:1'], maxQueuedBytes: 20_000 });
    const waiting = sender.publishRecords(range(0, 10).map((n) => record(topic, n)));
    waiting.catch(() => undefined);
    const queued = sender.queuedBytes;
    await expect(sender.publishRecords(range(0, 40).map((n) => record(topic, n)))).rejects.toMatchObject({
      code: 'queue-full',
      retry: 'transient',
    });
    expect(sender.queuedBytes).toBe(queued);
    await sender.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(sender.publishRecords([record(topic, 1)])).rejects.toMatchObject({ code: 'closed' });
  });

  it('finds the one record that the broker refuses and sends the others of its batch', async () => {
    const topic = await broker.topic(unique('t'), 1, { 'max.message.bytes': '20000' });
    const sender = producer();
    await sender.connect();
    const results = await Promise.allSettled([
      sender.publishRecords([record(topic, 1)]),
      sender.publishRecords([{ topic, key: 'k', value: Buffer.alloc(30_000) }]),
      sender.publishRecords([record(topic, 2)]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'record-refused', retry: 'permanent' } });
    await sender.publishRecords([record(topic, 3)]); // not swallowed as a copy of the refused batch
    expect(await numbersOf(topic)).toEqual([1, 2, 3]);
  });

  it('does not send what was taken back while it waited', async () => {
    const topic = await broker.topic();
    const sender = producer();
    const aborter = new AbortController();
    const first = sender.publishRecords([record(topic, 1)]);
    const second = sender.publishRecords([record(topic, 2)], aborter.signal);
    aborter.abort();
    await expect(second).rejects.toMatchObject({ code: 'withdrawn' });
    await first;
    await sender.publishRecords([record(topic, 3)]);
    expect(await numbersOf(topic)).toEqual([1, 3]);
  });
});

describe('a broker that is stopped, killed and started again', () => {
  let own: Kafka | undefined;
  afterAll(() => own?.stop());

  it('has every event once afterwards, in order', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lazaret-broker-'));
    own = await startKafka({ dir, cacheDir: join(process.cwd(), '.lazaret/cache/kafka'), log: () => undefined });
    const bench = await new BenchBroker([own.brokers]).open();
    const topic = await bench.topic();
    const sender = producer({ brokers: bench.brokers });
    await sender.connect();
    const published: Promise<void>[] = [];
    const publish = (from: number, to: number): void => {
      for (const n of range(from, to)) published.push(sender.publishRecords([record(topic, n)]));
    };
    publish(0, 50);
    await published[49];
    await own.kill();
    publish(50, 100);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    publish(100, 150);
    expect(sender.queuedBytes).toBeGreaterThan(0);
    await own.restart();
    await Promise.all(published);
    await until('the records', async () => (await bench.end(topic)) >= 150);
    expect(await numbersOf(topic, bench)).toEqual(range(0, 150));
    await sender.close();
    await bench.close();
  });
});
