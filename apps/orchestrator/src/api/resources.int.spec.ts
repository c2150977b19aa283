import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeEvent, type ConversationsSeen, type SensorReported } from '#events';
import { webhookSubscriptions } from '../notify/webhooks/subscription.js';
import { assessment, point } from '../testing/examples.js';
import { OPERATIONS } from './operations.js';
import type { Answer } from './testing/rest-reader.client.js';
import { ASK_PEOPLE, RestService } from './testing/rest-service.client.js';

const CSV = `site,realm,asset,name,modality,criticality,ward,ae_titles,infrastructure,mac,addressing,address,flows
south,default,CT-1,CT 1,CT,important,radiology,CT1,no,08:00:06:10:00:77,static,10.11.0.13,dicom-store>address=10.20.0.10:tcp/104!
`;
const AT = new Date();
const sensor: SensorReported['data'] = {
  sensorId: 'ovs-1-ipfix',
  kind: 'ipfix',
  site: 'shapes',
  trustDomain: 'switch',
  authenticated: true,
  authenticatedBy: 'management-network',
  covers: ['point:ovs-1'],
  lastRecordAt: AT.toISOString(),
  observedUntil: AT.toISOString(),
  clockOffsetMs: 0,
  recordsPerSecond: 212.5,
  lost: 0,
  droppedBySocket: 0,
  parseFailures: 0,
  problems: [],
};

let service: RestService;
let deviceId: string;
let waiting: string;
let approved: string;

beforeAll(async () => {
  const secretFile = join(mkdtempSync(join(tmpdir(), 'lazaret-webhook-')), 'secret');
  writeFileSync(secretFile, `whsec_${randomBytes(24).toString('base64')}`);
  // Nobody listens there: what a receiver is told has tests of its own.
  const webhooks = webhookSubscriptions.parse([
    { name: 'siem', url: 'https://127.0.0.1:9/in', secretFiles: [secretFile] },
  ]);
  service = await RestService.start(ASK_PEOPLE, { webhooks });
  const devices = await service.admit(2, { site: 'shapes' });
  deviceId = devices[0] ?? '';
  await service.send([
    makeEvent({
      type: 'lazaret.sensor.reported',
      source: '/discovery',
      subject: sensor.sensorId,
      time: AT,
      data: sensor,
    }),
    makeEvent({
      type: 'lazaret.point.reported',
      source: '/enforcement',
      subject: 'ovs-1',
      time: AT,
      data: point({ reportedAt: AT.toISOString() }),
    }),
    makeEvent({
      type: 'lazaret.conversations.seen',
      source: '/discovery',
      subject: deviceId,
      time: AT,
      data: talk(deviceId),
    }),
    makeEvent({
      type: 'lazaret.assessment.changed',
      source: '/risk-scoring',
      subject: deviceId,
      time: AT,
      data: assessment(deviceId, { level: 'watch', logOdds: -15, mayActAlone: false }),
    }),
  ]);
  await service.until('assessment', 'SELECT 1 FROM assessments WHERE device_id = ANY($1)', [deviceId]);
  await service.until('point', 'SELECT 1 FROM points WHERE point_id = ANY($1)', ['ovs-1']);
  await service.until('traffic', 'SELECT 1 FROM conversations_daily WHERE device_id = ANY($1)', [deviceId]);
  [waiting = '', approved = ''] = await service.propose(devices);
  await service.as('operator').put(`/v1/devices/${deviceId}/hold`, { reason: 'engineer at the switch' });
}, 120_000);
afterAll(() => service.stop());

function talk(of: string): ConversationsSeen['data'] {
  const at = AT.toISOString();
  const peer = { peerAddress: '10.20.0.10', peerDeviceId: null, peerInside: true, etherType: 2048 };
  const frames = {
    framesOut: 5,
    framesIn: 4,
    octetsOut: 7490,
    octetsIn: 264,
    framesBeyond: 0,
    deniedOut: 0,
    deniedIn: 0,
  };
  const times = { windowFrom: at, windowTo: at, firstSeen: at, lastSeen: at };
  const flow = { mac: '08:00:06:10:00:11', transport: 'tcp', port: 104, opener: 'device', sampledOneIn: 64 } as const;
  return {
    deviceId: of,
    sensorId: sensor.sensorId,
    observedUntil: at,
    conversations: [{ ...peer, ...frames, ...times, ...flow }],
  };
}

/** Holds an answer against the schema of its operation: it must fit, and hold nothing that the schema has not. */
function expectShape(operation: string, answer: Answer): void {
  const found = OPERATIONS.find(({ method, path }) => `${method} ${path}` === operation);
  expect([operation, answer.status, answer.text.slice(0, answer.status < 300 ? 0 : 400)]).toEqual([
    operation,
    found?.answer.status,
    '',
  ]);
  const { schema, media } = found?.answer ?? {};
  if (schema) expect(schema.parse(answer.body)).toEqual(answer.body);
  if (media) expect(answer.headers.get('content-type')).toContain(media);
  if (!schema && !media) expect(answer.text).toBe('');
  tried.add(operation);
}
const tried = new Set<string>();

it('answers what people read in the shape that its document promises', async () => {
  const admin = service.as('admin');
  for (const [operation, path] of [
    ['get /v1/devices', '/v1/devices?site=shapes'],
    ['get /v1/devices/{id}', `/v1/devices/${deviceId}`],
    ['get /v1/quarantines', '/v1/quarantines?decision=proposed&truth=intended'],
    ['get /v1/quarantines/{id}', `/v1/quarantines/${waiting}`],
    ['get /v1/quarantines/{id}/timeline', `/v1/quarantines/${waiting}/timeline`],
    ['get /v1/quarantines/{id}/undo', `/v1/quarantines/${waiting}/undo`],
    ['get /v1/sensors', '/v1/sensors'],
    ['get /v1/points', '/v1/points?limit=1'],
    ['get /v1/points/{id}', '/v1/points/ovs-1'],
    ['get /v1/readiness', '/v1/readiness?site=shapes&limit=1'],
    ['get /v1/policy', '/v1/policy'],
    ['get /v1/kill-switch', '/v1/kill-switch'],
    ['get /v1/webhooks', '/v1/webhooks'],
    ['get /v1/audit', '/v1/audit?after=0&limit=2'],
    ['get /v1/tokens', '/v1/tokens'],
    ['get /openapi.json', '/openapi.json'],
    ['get /asyncapi.json', '/asyncapi.json'],
    ['get /schemas/{name}', '/schemas/lazaret.quarantine.v1.json'],
    ['get /problems/{name}', '/problems/plan-stale'],
    ['get /health/live', '/health/live'],
    ['get /health/ready', '/health/ready'],
  ] as const) {
    expectShape(operation, await admin.get(path));
  }
});

it('shows with a device where it is, what is known against it, what it needs and its quarantine', async () => {
  const { body } = await service.as('viewer').get(`/v1/devices/${deviceId}`);
  expect(body).toMatchObject({
    interfaces: [{ pointId: 'ovs-1', port: 'wl-mri' }],
    assessment: { level: 'watch' },
    contract: { flows: [{ service: 'dicom-store', peerAddress: '10.20.0.10' }] },
    openQuarantine: { quarantineId: waiting },
    hold: { by: 'operator-1', reason: 'engineer at the switch' },
  });
});

it('shows with a proposal its plan and the traffic of the last days, kept or cut', async () => {
  const { body, headers } = await service.as('viewer').get(`/v1/quarantines/${waiting}`);
  expect(body).toMatchObject({
    decision: 'proposed',
    requestedBy: 'operator-1',
    plan: { possible: true },
    kept: [{ peerAddress: '10.20.0.10', port: 104, frames: 576 }],
    cut: [],
  });
  expect(headers.get('etag')).toBe(`"${String(body['version'])}"`);
});

it('answers what people do in the shape that its document promises', async () => {
  const [approver, operator, admin] = [service.as('approver'), service.as('operator'), service.as('admin')];
  const view = await approver.get(`/v1/quarantines/${approved}`);
  const consent = {
    planDigest: view.body['planDigest'],
    policyVersion: view.body['policyVersion'],
    reason: 'agreed with radiology',
  };
  expectShape(
    'post /v1/quarantines/{id}/approvals',
    await approver.post(`/v1/quarantines/${approved}/approvals`, consent),
  );
  expectShape('get /v1/limits', await approver.get('/v1/limits'));
  expectShape(
    'post /v1/quarantines/{id}/releases',
    await approver.post(`/v1/quarantines/${approved}/releases`, { reason: 'cleaned' }),
  );
  expectShape(
    'post /v1/quarantines/{id}/rejections',
    await approver.post(`/v1/quarantines/${waiting}/rejections`, { reason: 'a test host' }),
  );
  expectShape('post /v1/webhooks/{name}/retries', await admin.post('/v1/webhooks/siem/retries', {}));
  const opened = await operator.post('/v1/quarantines', { deviceId, reason: 'it scans again' });
  expectShape('post /v1/quarantines', opened);
  expect(opened.headers.get('location')).toBe(`/v1/quarantines/${String(opened.body['quarantineId'])}`);
  for (const method of ['PUT', 'DELETE']) {
    const why = { 'content-type': 'application/json' };
    const hold = await operator.send(method, `/v1/devices/${deviceId}/hold`, '{"reason":"engineer"}', why);
    expectShape(`${method.toLowerCase()} /v1/devices/{id}/hold`, hold);
  }
  const drill = await admin.post('/v1/points/ovs-1/drills', { reason: 'the yearly drill' });
  expectShape('post /v1/points/{id}/drills', drill);
  expectShape('get /v1/drills/{id}', await operator.get(String(drill.headers.get('location'))));
  expectShape('put /v1/kill-switch', await admin.put('/v1/kill-switch', { on: false, reason: 'a drill' }));
  expectShape(
    'post /v1/inventory',
    await admin.send('POST', '/v1/inventory?dryRun', CSV, { 'content-type': 'text/csv' }),
  );
  const rules = await admin.send('POST', '/v1/policy/checks', 'version: 1\n', { 'content-type': 'text/yaml' });
  expectShape('post /v1/policy/checks', rules);
  const made = await admin.post('/v1/tokens', { name: 'new', role: 'viewer', expires: new Date(Date.now() + 60_000) });
  expectShape('post /v1/tokens', made);
  expect((await service.as({ token: String(made.body['token']) }).get('/v1/devices')).status).toBe(200);
  expectShape('delete /v1/tokens/{id}', await admin.send('DELETE', `/v1/tokens/${String(made.body['id'])}`));
  expect((await service.as({ token: String(made.body['token']) }).get('/v1/devices')).status).toBe(401);
});

it('has tried every operation but the stream, which has tests of its own', () => {
  const names = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
  expect(names.filter((name) => !tried.has(name))).toEqual(['get /v1/stream']);
});

it('lists page by page without loss or repeat, and filters', async () => {
  const viewer = service.as('viewer');
  const seen: unknown[] = [];
  for (let cursor = ''; ;) {
    const { body } = await viewer.get(`/v1/devices?site=shapes&limit=1${cursor}`);
    seen.push(...(body['items'] as { deviceId: string }[]).map((item) => item.deviceId));
    if (body['next'] === null) break;
    cursor = `&cursor=${encodeURIComponent(body['next'] as string)}`;
  }
  expect(new Set(seen).size).toBe(3);
  expect(seen).toHaveLength(3);
  expect((await viewer.get('/v1/devices?site=shapes&level=watch')).body['items']).toHaveLength(1);
  expect((await viewer.get('/v1/devices?site=shapes&ward=none')).body['items']).toHaveLength(0);
});
