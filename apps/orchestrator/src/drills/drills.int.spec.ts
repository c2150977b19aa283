import { Kafka, logLevel, type Consumer } from 'kafkajs';
import { TOPICS, makeEvent, newId, type PointReported, type WantedDrill } from '#events';
import { CommandLine } from '../api/testing/command-line.client.js';
import { RestService } from '../api/testing/rest-service.client.js';
import { findDrift } from '#storage';
import { point } from '../testing/examples.js';

const PORT = { port: 'wl-spare', mac: '08:00:06:10:00:99' };

let service: RestService;
let cli: CommandLine;
let consumer: Consumer;
const heard: { key: string; data: WantedDrill['data'] }[] = [];

beforeAll(async () => {
  service = await RestService.start();
  cli = new CommandLine({ LAZARET_URL: service.url, LAZARET_TOKEN: service.tokens.admin });
  const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
  consumer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).consumer({ groupId: newId(), maxWaitTimeInMs: 20 });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPICS.wanted, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const event = JSON.parse(String(message.value)) as WantedDrill;
      if (event.type === 'lazaret.wanted.drill') heard.push({ key: String(message.key), data: event.data });
    },
  });
}, 120_000);
afterAll(async () => {
  await consumer.disconnect();
  await service.stop();
});

/** What enforcement would say of a point; resolves when it is known. */
async function reports(pointId: string, changes: Partial<PointReported['data']> = {}): Promise<void> {
  const time = new Date();
  const data = point({ pointId, switches: [pointId], reportedAt: time.toISOString(), ...changes });
  const place = { source: '/enforcement', subject: pointId, time } as const;
  await service.send([makeEvent({ type: 'lazaret.point.reported', ...place, data })]);
  const known = `SELECT 1 FROM points WHERE point_id = ANY($1) AND reported_at = '${data.reportedAt}'`;
  await service.until('report', known, [pointId]);
}

/** The event of a drill, as enforcement would read it. */
async function asked(pointId: string): Promise<{ key: string; data: WantedDrill['data'] }> {
  for (const until = Date.now() + 20_000; Date.now() < until;) {
    const found = heard.find(({ data }) => data.pointId === pointId);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('no drill was wanted');
}

async function ends(pointId: string, changes: Partial<PointReported['data']> = {}): Promise<void> {
  const { drillId } = (await asked(pointId)).data;
  const drillFindings = [{ check: 'interruption', ok: true, detail: 'cut off for 5200 ms in mode vlan-bridged' }];
  const end = { drillId, drillState: 'passed', drillEndedAt: new Date().toISOString(), drillFindings } as const;
  await reports(pointId, { ...end, interruption: 'gap', gapMs: 5200, ...changes });
}

it('has tables that are what its entities say', async () => {
  expect(await findDrift(service.database.dataSource)).toEqual([]);
});

it('is asked for once, under its own key, with an end; its outcome and the audit tell of it', async () => {
  await reports('sw-1');
  const admin = service.as('admin');
  const made = await admin.post('/v1/points/sw-1/drills', { reason: 'the yearly drill', ...PORT });
  expect(made.status).toBe(201);
  const { key, data } = await asked('sw-1');
  expect(key).toBe('point/sw-1/drill');
  expect(data).toMatchObject({ drillId: made.body['drillId'], requestedBy: 'admin-1', mode: null, ...PORT });
  expect(Date.parse(data.expiresAt) - Date.parse(data.requestedAt)).toBe(60_000);
  expect((await admin.post('/v1/points/sw-1/drills', { reason: 'again' })).body['type']).toBe(
    '/problems/drill-running',
  );
  await reports('sw-1', { drillId: data.drillId, drillState: 'running' });
  const place = String(made.headers.get('location'));
  expect((await admin.get(place)).body).toMatchObject({ state: 'running', endedAt: null });
  await ends('sw-1');
  await ends('sw-1');
  expect((await admin.get(place)).body).toMatchObject({
    state: 'passed',
    findings: [{ detail: expect.stringContaining('5200 ms') as string }],
  });
  expect((await admin.get('/v1/points/sw-1')).body).toMatchObject({ interruption: 'gap', gapMs: 5200, silent: false });
  const { rows } = await service.database.owner.query(
    `SELECT action, actor FROM audit WHERE subject = 'point/sw-1' ORDER BY seq`,
  );
  expect(rows).toEqual([
    { action: 'drill.asked', actor: 'admin-1' },
    { action: 'drill.ended', actor: 'enforcement' },
  ]);
});

it('is refused on a port that enforcement does not name, by anybody but an admin, and half named', async () => {
  await reports('sw-2', { testPorts: [] });
  const wish = { reason: 'the yearly drill', ...PORT };
  expect((await service.as('admin').post('/v1/points/sw-2/drills', wish)).body).toMatchObject({
    type: '/problems/no-test-port',
  });
  expect((await service.as('approver').post('/v1/points/sw-2/drills', wish)).status).toBe(403);
  const half = await service.as('admin').post('/v1/points/sw-2/drills', { reason: 'the yearly drill', port: 'x' });
  expect(half.body).toMatchObject({ type: '/problems/invalid-request' });
  const { rows } = await service.database.owner.query(`SELECT 1 FROM drills WHERE point_id = 'sw-2'`);
  expect(rows).toEqual([]);
});

it('takes no older report over a newer one, and says of a point that is not reported that it is silent', async () => {
  await reports('sw-3');
  const old = point({ pointId: 'sw-3', reportedAt: '2020-01-05T08:00:00.000Z', reachable: false });
  const place = { source: '/enforcement', subject: 'sw-3', time: new Date() } as const;
  await service.send([makeEvent({ type: 'lazaret.point.reported', ...place, data: old })]);
  await reports('sw-4');
  expect((await service.as('viewer').get('/v1/points/sw-3')).body).toMatchObject({ reachable: true });
  await service.database.owner.query(
    `UPDATE points SET received_at = now() - interval '5 min' WHERE point_id = 'sw-3'`,
  );
  expect((await service.as('viewer').get('/v1/points/sw-3')).body).toMatchObject({ silent: true });
  const drill = await service.as('admin').post('/v1/points/sw-3/drills', { reason: 'the yearly drill' });
  expect(drill.body).toMatchObject({ type: '/problems/point-silent' });
});

it('lists points page by page', async () => {
  const first = await service.as('viewer').get('/v1/points?limit=1');
  const second = await service.as('viewer').get(`/v1/points?limit=1&cursor=${String(first.body['next'])}`);
  const ids = [first, second].flatMap(({ body }) => (body['items'] as { pointId: string }[]).map((one) => one.pointId));
  expect(ids).toEqual(['sw-1', 'sw-2']);
  expect((await service.as('viewer').get(`/v1/devices?cursor=${String(first.body['next'])}`)).status).toBe(422);
});

it('lazaret drill waits for the end and prints what was found; lazaret points shows the point', async () => {
  await reports('sw-5');
  const run = cli.run('drill', 'sw-5', '--reason', 'the yearly drill', '--port', PORT.port, '--mac', PORT.mac);
  await ends('sw-5');
  const { code, out, err } = await run;
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/drill of sw-5: passed\nok {2}interruption: cut off for 5200 ms in mode vlan-bridged/);
  expect((await cli.run('points')).out).toMatch(/sw-5 +ovs +yes +by drill, 2026-01-05 +filter,vlan-bridged +5200 ms/);
  expect((await cli.run('points', 'sw-5')).out).toMatch(/confirmed by drill/);
  const refused = await cli.run('drill', 'sw-3', '--reason', 'the yearly drill');
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('point-silent') as string]);
});

it('F26 lazaret readiness names a device that no enforcement point serves, and what to do', async () => {
  await reports('ovs-9');
  const [deviceId] = await service.admit(1, { site: 'ready', name: 'MRI 9' });
  const seen = await cli
    .json<{ items: { deviceId: string; missing: string[] }[]; points: unknown[] }>('readiness', '--site', 'ready')
    .catch((error: Error) => error);
  // Not ready is an answer that scripts must see.
  expect(seen).toBeInstanceOf(Error);
  const { code, out } = await cli.run('readiness', '--site', 'ready');
  expect(code).toBe(1);
  expect(out).toMatch(/0 of 1 devices could be isolated now/);
  expect(out).toMatch(/No enforcement point serves ovs-1 wl-mri/);
  const page = await service.as('viewer').get('/v1/readiness?site=ready&limit=500');
  const device = (page.body['items'] as { deviceId: string; ready: boolean }[]).find(
    (one) => one.deviceId === deviceId,
  );
  expect(device).toMatchObject({ ready: false });
});
