import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { topicSchemas, TOPICS } from '#events';
import { Cut } from './testing/cut.client.js';
import { ASK_PEOPLE, RestService } from './testing/rest-service.client.js';
import { StreamReader } from './testing/stream-reader.client.js';

let service: RestService;
let cut: Cut;
let devices: string[];
let leaver: StreamReader;
const sockets = new Set<Socket>();

beforeAll(async () => {
  cut = await Cut.before(process.env['DATABASE_URL'] ?? '');
  service = await RestService.start(ASK_PEOPLE, { detour: (url) => cut.detour(url) });
  const server = service.app.getHttpServer() as { on(event: 'connection', listener: (socket: Socket) => void): void };
  server.on('connection', (socket) => sockets.add(socket));
  devices = await service.admit(8, { site: 'stream' });
  leaver = await open(undefined, await service.token('leaver', 'viewer'));
  await service.database.owner.query(`UPDATE tokens SET revoked_at = now() WHERE name = 'leaver'`);
}, 120_000);
afterAll(async () => {
  await service.stop();
  await cut.cut();
});

const open = (lastEventId?: string, token = service.tokens.viewer) =>
  StreamReader.open(service.url, token, lastEventId);
const next = () => devices.pop() ?? '';

async function happen(deviceId: string): Promise<void> {
  const operator = service.as('operator');
  const opened = await operator.post('/v1/quarantines', { deviceId, reason: 'it scans the ward' });
  expect(opened.status).toBe(201);
  const path = `/v1/quarantines/${String(opened.body['quarantineId'])}/rejections`;
  await service.as('approver').post(path, { reason: 'no, it does not' });
}

/** What was committed, as the owner of the database reads it. */
async function kept(after = 0): Promise<string[]> {
  const statement = 'SELECT seq FROM quarantine_events WHERE seq > $1 ORDER BY seq';
  return (await service.database.owner.query<{ seq: string }>(statement, [after])).rows.map(({ seq }) => seq);
}

describe('the stream', () => {
  it('tells every reader each event at once, as it went to the topic', async () => {
    const [one, two] = [await open(), await open()];
    await happen(next());
    for (const reader of [one, two]) {
      const events = await reader.until(2, 5000);
      expect(events.map(({ type }) => type)).toEqual(['lazaret.quarantine.proposed', 'lazaret.quarantine.rejected']);
      expect(events.map(({ id }) => id)).toEqual(await kept());
      for (const { data, type } of events) {
        expect(topicSchemas[TOPICS.quarantines].parse(JSON.parse(data)).type).toBe(type);
      }
      expect(reader.headers['content-type']).toBe('text/event-stream');
      reader.leave();
    }
  });

  it('goes on after Last-Event-ID without loss or repeat, also for a reader that had seen no event yet', async () => {
    const before = (await kept()).length;
    const early = await open();
    early.leave();
    await happen(next());
    const reader = await open(early.lastEventId);
    await reader.until(2);
    reader.leave();
    await happen(next());
    const again = await open(reader.lastEventId);
    await happen(next());
    await again.until(4);
    again.leave();
    const ids = [...reader.events, ...again.events].map(({ id }) => id);
    expect(ids).toEqual((await kept()).slice(before));
  });

  it('tells all of a backlog that is longer than one read, in order', async () => {
    const from = (await kept()).at(-1) ?? '';
    await pretend(450, 100);
    const reader = await open(from);
    expect((await reader.until(450)).map(({ id }) => id)).toEqual(await kept(Number(from)));
    reader.leave();
  });

  it('keeps nothing in memory for a reader that does not read, and loses nothing for it', async () => {
    const from = (await kept()).at(-1) ?? '';
    sockets.clear();
    const slow = await open(from);
    slow.pause();
    await pretend(3000, 6000);
    const fast = await open(from);
    await fast.until(3000);
    const waiting = (): number => Math.max(...[...sockets].map((socket) => socket.writableLength));
    // The kernel takes some megabytes first. Then something waits: the reader holds the writer up.
    for (const end = Date.now() + 10_000; waiting() === 0 && Date.now() < end;) await sleep(20);
    expect(waiting()).toBeGreaterThan(0);
    // No more than an event or two, however long the reader does not read.
    await sleep(500);
    expect(waiting()).toBeLessThan(200_000);
    slow.resume();
    expect((await slow.until(3000)).map(({ id }) => id)).toEqual(fast.events.map(({ id }) => id));
    slow.leave();
    fast.leave();
  });

  it('says 410 when what came after that event is no longer kept, or never was', async () => {
    const ids = await kept();
    await service.database.owner.query('DELETE FROM quarantine_events WHERE seq < $1', [ids[100]]);
    for (const id of [ids[50], String(Number(ids.at(-1)) + 1)]) {
      const answer = await service.as('viewer').get('/v1/stream', { 'last-event-id': String(id) });
      expect([answer.status, answer.body['type']]).toEqual([410, '/problems/stream-too-old']);
    }
    const reader = await open(ids[100]);
    await reader.until(1);
    expect(reader.events[0]?.id).toBe(ids[101]);
    reader.leave();
  });
});

it('ends a stream whose token was revoked, soon after', async () => {
  expect(await leaver.ended).toBe('broken');
}, 30_000);

it('answers unavailable while the database is down, does nothing then, and goes on after', async () => {
  const reader = await open();
  await cut.cut();
  const during = [
    await service.as('viewer').get('/v1/devices'),
    await service.as('admin').put('/v1/kill-switch', { on: true, reason: 'is anybody there' }),
    await service.as(null).get('/health/ready'),
  ];
  expect(during.map(({ status, body }) => [status, body['type']])).toEqual(
    Array.from({ length: 3 }, () => [503, '/problems/unavailable']),
  );
  expect((await service.as(null).get('/health/live')).status).toBe(200);
  await cut.mend();
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    if ((await service.as('viewer').get('/v1/devices')).status === 200) break;
    await sleep(100);
  }
  expect((await service.as('viewer').get('/v1/kill-switch')).body).toMatchObject({ on: false });
  await reader.ended;
  const again = await open(reader.lastEventId);
  await happen(next());
  await again.until(2);
  again.leave();
});

it('ends its streams in good order when the service stops, and waits for no reader that does not read', async () => {
  const from = (await kept())[0] ?? '';
  const [follower, resumed, slow] = [await open(), await open(from), await open(from)];
  slow.pause();
  await resumed.until(100);
  const before = Date.now();
  await service.app.close();
  expect(Date.now() - before).toBeLessThan(10_000);
  expect(await Promise.all([follower.ended, resumed.ended])).toEqual(['ended', 'ended']);
  slow.leave();
}, 30_000);

/** Events by the thousand, as the owner of the database writes them; `size`: characters of each reason. */
async function pretend(count: number, size: number): Promise<void> {
  await service.database.owner.query(
    `INSERT INTO quarantine_events (seq, quarantine_id, type, at, body)
     SELECT last.seq + n, last.quarantine_id, last.type, last.at,
       jsonb_set(last.body::jsonb, '{data,reason}', to_jsonb(repeat('x', $2)))::text
     FROM (SELECT * FROM quarantine_events ORDER BY seq DESC LIMIT 1) last, generate_series(1, $1::int) n`,
    [count, size],
  );
  await service.database.owner.query(`UPDATE audit_head SET seq = (SELECT max(seq) FROM quarantine_events)`);
}
