import { gzipSync } from 'node:zlib';
import { BenchBroker, BenchDatabase, numbered, unique, until } from './testing/bench.client.js';
import {
  recording,
  startBenchServer,
  type BenchHandler,
  type BenchServer,
  type BenchServerRequest,
} from './testing/bench-server.js';
import type { DataSource } from 'typeorm';

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

interface Letter {
  code: string;
  reason: string;
  attempts: number;
  offset: string;
  valueBase64: string | null;
  valueSha256: string | null;
}
async function letters(): Promise<Letter[]> {
  const rows = await database.look<{ value: Buffer }>('SELECT value FROM outbox ORDER BY id');
  return rows.map(({ value }) => (JSON.parse(value.toString()) as { data: Letter }).data);
}

describe('a handler that throws', () => {
  it('sends a TypeError to the dead letter at once, and the events around it are handled once', async () => {
    const topic = await broker.topic();
    await broker.send(topic, [1, 2, 3].map(text));
    let calls = 0;
    const server = await start(topic, (event, context) => {
      if (event.data.recordsPerSecond === 2) {
        calls += 1;
        throw new TypeError('no such field');
      }
      return recording(event, context);
    });
    await server.server.caughtUp();
    expect(await notes()).toEqual([1, 3]);
    expect(await letters()).toMatchObject([{ code: 'handler-failed', offset: '1', attempts: 1 }]);
    expect(calls).toBe(1);
    expect(server.fatal).toEqual([]);
  });

  it('gives a plain Error three tries and then the dead letter', async () => {
    const topic = await broker.topic();
    await broker.send(topic, [1, 2, 3].map(text));
    let calls = 0;
    const server = await start(topic, async (event, context) => {
      await recording(event, context); // must not stay: the try is rolled back
      if (event.data.recordsPerSecond !== 2) return;
      calls += 1;
      throw new Error('bad luck');
    });
    await server.server.caughtUp();
    expect(await notes()).toEqual([1, 3]);
    expect(await letters()).toMatchObject([
      { code: 'handler-failed', offset: '1', attempts: 3, reason: 'Error: bad luck' },
    ]);
    expect(calls).toBe(3);
  });

  it('tries a transient failure again until it is over, and keeps the order', async () => {
    const topic = await broker.topic();
    await broker.send(topic, [1, 2, 3].map(text));
    let failures = 4;
    const server = await start(topic, (event, context) => {
      if (event.data.recordsPerSecond === 2 && failures-- > 0) {
        throw Object.assign(new Error('gone for now'), { code: 'away', retry: 'transient' });
      }
      return recording(event, context);
    });
    await server.server.caughtUp();
    expect(await notes()).toEqual([1, 2, 3]);
    expect(await letters()).toEqual([]);
    expect(server.server.counters.get('step.failed')).toBe(4);
  });

  it('does not hold up the other partitions while one waits', async () => {
    const topic = await broker.topic(unique('t'), 2);
    await broker.send(topic, [text(1)], 0);
    await broker.send(topic, [text(2)], 1);
    const server = await start(topic, (event, context) => {
      if (event.data.recordsPerSecond === 1) throw Object.assign(new Error('away'), { retry: 'transient' });
      return recording(event, context);
    });
    await until('the second partition', async () => (await notes()).length === 1);
    await broker.send(topic, [text(3)], 1);
    await until('the second partition again', async () => (await notes()).length === 2);
    expect(await notes()).toEqual([2, 3]);
    expect(server.fatal).toEqual([]);
  });

  it('counts a failed statement as the fault of its event and not of its neighbours', async () => {
    const topic = await broker.topic();
    await broker.send(topic, [1, 2, 3].map(text));
    const server = await start(topic, async (event, context) => {
      if (event.data.recordsPerSecond === 2) await context.manager.query('SELECT 1 / 0');
      await recording(event, context);
    });
    await server.server.caughtUp();
    expect(await notes()).toEqual([1, 3]);
    expect(await letters()).toMatchObject([{ code: 'handler-failed', attempts: 3 }]);
  });
});

describe('input that is no event of ours', () => {
  it('keeps malformed JSON, a wrong shape and a tombstone as dead letters with their bytes, and goes on', async () => {
    const topic = await broker.topic();
    await broker.send(topic, ['{"specversion": ', JSON.stringify({ ...numbered(2), time: 5 }), null, text(4)]);
    const server = await start(topic, recording);
    await server.server.caughtUp();
    expect(await notes()).toEqual([4]);
    const kept = await letters();
    expect(kept.map(({ code }) => code)).toEqual(['malformed-json', 'invalid-event', 'tombstone']);
    expect(Buffer.from(kept[0]?.valueBase64 ?? '', 'base64').toString()).toBe('{"specversion": ');
    expect(kept[1]?.reason).toContain('time');
    expect(kept[2]?.valueBase64).toBeNull();
  });

  it('skips an event of a type that no handler knows, and counts it', async () => {
    const topic = await broker.topic();
    await broker.send(topic, [JSON.stringify({ ...numbered(1), type: 'lazaret.sensor.renamed' }), text(2)]);
    const server = await start(topic, recording);
    await server.server.caughtUp();
    expect(await notes()).toEqual([2]);
    expect(await letters()).toEqual([]);
    expect(server.server.counters.get('event.skipped:unknown-type')).toBe(1);
  });

  it('does not parse a record that is 2 MiB once unpacked', async () => {
    const topic = await broker.topic();
    const huge = Buffer.alloc(2 * 1024 * 1024, ' ');
    expect(gzipSync(huge).length).toBeLessThan(100_000); // how it passes the broker's limit
    await broker.producer.send({ topic, compression: 1, messages: [{ key: 'k', value: huge }] });
    await broker.send(topic, [text(2)]);
    const server = await start(topic, recording);
    await server.server.caughtUp();
    expect(await notes()).toEqual([2]);
    expect(await letters()).toMatchObject([{ code: 'too-large' }]);
  });
});

describe('delivery', () => {
  it('handles an event declared `once` one time though it comes twice', async () => {
    const topic = await broker.topic();
    const event = JSON.stringify(numbered(1));
    await broker.send(topic, [event, event, text(2), event]);
    const server = await start(topic, recording, { delivery: 'once' });
    await server.server.caughtUp();
    expect(await notes()).toEqual([1, 2]);
    expect(server.server.counters.get('event.skipped:seen-before')).toBe(2);
  });

  it('goes on where it stopped, and not where the broker believes', async () => {
    const topic = await broker.topic();
    const service = unique('enforcement');
    await broker.send(topic, [1, 2].map(text));
    const first = await start(topic, recording, { service });
    await first.server.caughtUp();
    await first.stop();
    await broker.admin.deleteGroups([service]); // the broker has forgotten everything
    await broker.send(topic, [text(3)]);
    const second = await start(topic, recording, { service });
    await second.server.caughtUp();
    expect(await notes()).toEqual([1, 2, 3]);
  });

  it('runs what a handler left for after the commit only after the commit', async () => {
    const topic = await broker.topic();
    await broker.send(topic, [text(1)]);
    const seen: number[] = [];
    const server = await start(topic, async (event, context) => {
      await recording(event, context);
      context.afterCommit(async () => void seen.push((await notes()).length));
    });
    await server.server.caughtUp();
    await until('the work after the commit', () => seen.length === 1);
    expect(seen).toEqual([1]);
  });

  it('says that it has caught up only when everything seen at start is handled', async () => {
    const topic = await broker.topic(unique('t'), 3);
    for (const partition of [0, 1, 2])
      await broker.send(
        topic,
        Array.from({ length: 300 }, (_, n) => text(n)),
        partition,
      );
    const server = await start(topic, recording);
    await server.server.caughtUp();
    expect(await notes()).toHaveLength(900);
  });
});
