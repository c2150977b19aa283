import { createSocket } from 'node:dgram';
import type { INestApplication } from '@nestjs/common';
import { createTopics } from '#messaging';
import { Counters, createLogger } from '#observability';
import { createDataSource, findDrift } from '#storage';
import { newId, type Observation, type SensorReported } from '#events';
import { configSchema } from './config.js';
import { storage } from './data-source.js';
import { startDiscovery } from './discovery.module.js';
import { declared, MRI_MAC } from './observations/replay.fixture.js';
import { recording } from './sensors/recording.fixture.js';
import { BenchDatabase, BenchReader, BenchSwitch, given, until } from './testing/bench.client.js';

const PORTS = { 'wl-mri': 10, 'wl-ct': 10, 'wl-clone': 10, 'wl-archive': 20, 'wl-dns': 20, 'wl-r10': 10, 'wl-r20': 20 };
/** Another site in each run, since the broker is shared. */
const SITE = `north-${newId().slice(-8)}`;
const logger = createLogger('discovery', process.env['TEST_LOG'] ?? 'silent');

let database: BenchDatabase;
let reader: BenchReader;
let bench: BenchSwitch;
let port: number;
let app: INestApplication | undefined;
let counters: Counters;

beforeAll(async () => {
  await createTopics(given('KAFKA_BROKERS').split(','));
  [database, reader, bench, port] = await Promise.all([
    BenchDatabase.create(),
    new BenchReader().open(),
    new BenchSwitch().start(PORTS),
    freePort(),
  ]);
  await reader.declare({ ...declared('MRI', MRI_MAC, '10.10.0.11'), site: SITE });
  await reader.declare({ ...declared('CT', '08:00:06:10:00:13', '10.10.0.13'), site: SITE });
  await reader.declare({ ...declared('ARCHIVE', '00:16:3e:20:00:10', '10.20.0.10'), site: SITE, infrastructure: true });
  await start();
});
afterAll(async () => {
  await app?.close();
  await reader?.close();
  await bench?.stop();
  await database?.drop();
});

async function start(): Promise<void> {
  counters = new Counters();
  const sensor = { trustDomain: 'switch', point: 'ovs-1' };
  const config = configSchema.parse({
    site: SITE,
    insideNetworks: ['10.0.0.0/8'],
    siteSuffixes: ['ward.test'],
    sensors: [
      {
        ...sensor,
        kind: 'ipfix',
        id: 'ovs-1-ipfix',
        listen: { host: '127.0.0.1', port },
        exporters: ['127.0.0.1'],
        authenticatedBy: 'management-network',
      },
      {
        kind: 'dnsmasq-log',
        id: 'dns-1-log',
        trustDomain: 'dns',
        file: bench.queryLog,
        resolver: '10.20.0.53',
        authenticatedBy: 'file',
      },
      { kind: 'dnsmasq-leases', id: 'dns-1-leases', trustDomain: 'dns', file: bench.leases },
      {
        ...sensor,
        kind: 'ovs',
        id: 'ovs-1-ovsdb',
        ovsdb: bench.ovsdb,
        bridge: 'wl-br0',
        infrastructurePorts: ['wl-r10', 'wl-r20'],
      },
    ],
  });
  const connections = { databaseUrl: database.url, kafkaBrokers: given('KAFKA_BROKERS').split(',') };
  app = await startDiscovery({ ...config, ...connections }, logger, counters);
}

async function stop(): Promise<void> {
  await app?.close();
  app = undefined;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port: free } = socket.address();
      socket.close(() => resolve(free));
    });
  });
}

const latest = (asset: string | null) =>
  reader
    .of('lazaret.device.changed')
    .filter(({ data }) => data.site === SITE && data.asset === asset)
    .at(-1)?.data;
const observationsOf = (deviceId: string | undefined): Observation[] =>
  reader
    .of('lazaret.observations.reported')
    .flatMap(({ data }) => (data.deviceId === deviceId ? data.observations : []));
const report = (sensorId: string): SensorReported['data'] | undefined =>
  reader
    .of('lazaret.sensor.reported')
    .filter(({ data }) => data.sensorId === sensorId && data.site === SITE)
    .at(-1)?.data;

/** Sends the recorded ward's telemetry, its clock set to now and its pauses cut to 30 ms. */
async function replay(): Promise<void> {
  const entries = recording();
  const shift = Math.floor((Date.now() - (entries[0]?.receivedAt ?? 0)) / 1000);
  let last = entries[0]?.receivedAt ?? 0;
  for (const { by, bytes, receivedAt } of entries) {
    if (receivedAt > last) await new Promise((resolve) => setTimeout(resolve, Math.min(30, receivedAt - last)));
    last = receivedAt;
    if (by === 'dnsmasq') bench.log(bytes.toString('latin1'));
    else await bench.datagram(shifted(bytes, shift), port);
  }
}

function shifted(datagram: Buffer, seconds: number): Buffer {
  const copy = Buffer.from(datagram);
  copy.writeUInt32BE(copy.readUInt32BE(4) + seconds, 4);
  return copy;
}

it('keeps tables and entities the same', async () => {
  const dataSource = await createDataSource({ ...storage, url: database.owner }).initialize();
  try {
    expect(await findDrift(dataSource)).toEqual([]);
  } finally {
    await dataSource.destroy();
  }
});

it('makes a device of each declared asset, with an id of its own', async () => {
  const mri = await until('the MRI', () => latest('MRI'));
  expect(mri).toMatchObject({
    name: 'MRI',
    interfaces: [{ mac: MRI_MAC, address: '10.10.0.11', addressing: 'static', port: null }],
  });
  expect(mri.deviceId).not.toBe((await until('the CT', () => latest('CT'))).deviceId);
});

it('tells attempts and look-ups of the recorded ward, bound, with their outcomes, to a second client', async () => {
  await replay();
  const mri = latest('MRI')?.deviceId;
  const attempts = () =>
    observationsOf(mri).flatMap((o) =>
      o.kind === 'attempt' ? [`${o.binding} ${o.peerAddress}:${o.port} ${o.outcome}`] : [],
    );
  await until('the last attempt', () => attempts().some((text) => text.startsWith('contradicted')));
  expect([...attempts()].sort()).toEqual([
    'bound 10.10.0.13:80 answered',
    'bound 10.10.0.1:445 refused',
    'bound 10.10.0.47:445 denied',
    'bound 10.10.0.47:445 silent',
    'bound 10.10.0.51:445 silent',
    'bound 10.10.0.52:445 silent',
    'bound 10.10.0.53:445 silent',
    'bound 10.20.0.10:104 answered',
    'contradicted 10.10.0.47:445 silent',
  ]);
  const names = observationsOf(mri).filter((o) => o.kind === 'name');
  expect(names.map((o) => `${o.binding} ${o.name} ${o.answer} ${o.resolverWell}`)).toEqual([
    'bound abcdefgh.net nxdomain true',
    'bound clock.example answered true',
    'bound 11.0.10.10.in-addr.arpa nxdomain true',
    'contradicted cloned.example nxdomain true',
  ]);
  expect(names[0]).toMatchObject({ sensorId: 'dns-1-log', trustDomain: 'dns', authenticated: true });
});

it('tells evidence and denied frames within milliseconds of the datagram', () => {
  const events = [...reader.of('lazaret.observations.reported'), ...reader.of('lazaret.conversations.seen')];
  const ways = events.map((event) => (reader.gotAt.get(event.id) ?? 0) - Date.parse(event.time)).sort((a, b) => a - b);
  // The fastest quarter: how busy the machine is shows in the others.
  expect(ways[Math.floor(ways.length / 4)]).toBeLessThan(100);
});

it('names the port of the clone against whoever sits there, and keeps the MRI at its own', async () => {
  const occupant = await until('the occupant', () =>
    reader
      .of('lazaret.device.changed')
      .find(({ data }) => data.site === SITE && data.name === 'unknown at ovs-1 wl-clone'),
  );
  expect(observationsOf(occupant.data.deviceId)).toMatchObject([
    {
      kind: 'address-taken-over',
      claimedDeviceId: latest('MRI')?.deviceId,
      claimedMac: MRI_MAC,
      port: 'wl-clone',
      binding: 'bound',
    },
  ]);
  expect(latest('MRI')?.interfaces[0]).toMatchObject({
    pointId: 'ovs-1',
    port: 'wl-mri',
    vlan: 10,
    linkUp: true,
    ambiguous: true,
  });
});

it('tells conversations with denied and permitted frames, and up to when they were observed', async () => {
  const mri = latest('MRI')?.deviceId;
  const seen = reader.of('lazaret.conversations.seen').filter(({ data }) => data.deviceId === mri);
  const all = seen.flatMap(({ data }) => data.conversations);
  expect(all.some((c) => c.deniedOut > 0 && c.port === 445)).toBe(true);
  expect(all.some((c) => c.sampledOneIn === 64 && c.port === 104)).toBe(true);
  for (const { data } of seen) {
    for (const c of data.conversations)
      expect(Date.parse(data.observedUntil)).toBeGreaterThanOrEqual(Date.parse(c.windowTo));
  }
});

it('publishes the VLAN of the port as it is now, and moves no attachment for it', async () => {
  const before = latest('MRI')?.interfaces[0];
  await bench.vsctl('set', 'port', 'wl-mri', 'tag=66');
  const after = await until('VLAN 66', () => latest('MRI')?.interfaces.find(({ vlan }) => vlan === 66));
  expect(after).toEqual({ ...before, vlan: 66 });
  await bench.vsctl('set', 'port', 'wl-mri', 'tag=10');
  await until('VLAN 10', () => latest('MRI')?.interfaces[0]?.vlan === 10);
});

it('reports each sensor, with what it covers and what it lost', async () => {
  const ipfix = await until('a report', () => report('ovs-1-ipfix'));
  expect(ipfix).toMatchObject({
    kind: 'ipfix',
    trustDomain: 'switch',
    authenticated: true,
    covers: ['point:ovs-1'],
    lost: 0,
    parseFailures: 0,
  });
  const log = await until('a report of the log', () => report('dns-1-log')?.parseFailures === 1 && report('dns-1-log'));
  expect(log).toMatchObject({ authenticatedBy: 'file', problems: [] });
  expect(counters.get('query-line.refused:bad-name')).toBe(1);
});

it('counts bad datagrams by reason and goes on', async () => {
  const good = recording()
    .filter(({ by }) => by === 'ipfix')
    .map(({ bytes }) => bytes);
  const [template] = good;
  if (!template) throw new Error('the recording is empty');
  const unknown = Buffer.from(template);
  unknown.writeUInt16BE(9999, 16); // a data set of a template that nobody sent
  const wrongVersion = Buffer.from(template);
  wrongVersion.writeUInt16BE(9, 0);
  for (const bytes of [unknown, wrongVersion, template.subarray(0, 100), Buffer.alloc(20_000, 1)])
    await bench.datagram(bytes, port);
  await until('three refusals', () => (report('ovs-1-ipfix')?.parseFailures ?? 0) >= 3);
  expect(counters.snapshot()).toMatchObject({
    'ipfix.set.waiting': 1,
    'ipfix.refused:wrong-version': 1,
    'ipfix.refused:truncated': 1,
    'ipfix.refused:huge': 1,
  });
  expect(report('ovs-1-ipfix')?.problems).toContain('templates-missing');
});

it('waits for the rest of a half line, and refuses what is no line and no name', async () => {
  const count = observationsOf(latest('MRI')?.deviceId).length;
  bench.log('what is this\nNov 24 22:45:09 dnsmasq[7]: 90 10.10.0.11/1234 query[A] half');
  await until('the refusal', () => counters.get('query-line.refused:bad-line') === 1);
  bench.log(
    'line.example from 10.10.0.11\nNov 24 22:45:09 dnsmasq[7]: 90 10.10.0.11/1234 config halfline.example is NXDOMAIN\n',
  );
  const found = await until('the look-up', () =>
    observationsOf(latest('MRI')?.deviceId)
      .slice(count)
      .find((o) => o.kind === 'name'),
  );
  // Nothing showed where its packet entered.
  expect(found).toMatchObject({ name: 'halfline.example', binding: 'claimed', answer: 'nxdomain' });
});

it('knows templates, devices and its place in the log after a restart', async () => {
  const before = latest('MRI');
  await until('positions to be stored', async () => (await database.look('SELECT 1 FROM sequences')).length > 0);
  await stop();
  bench.log('Nov 24 22:45:09 dnsmasq[7]: 91 10.10.0.11/1235 query[A] meanwhile.example from 10.10.0.11\n');
  await start();
  const count = observationsOf(before?.deviceId).length;
  // Data records only: the templates came before the restart.
  const data = recording().filter(({ by, bytes }) => by === 'ipfix' && bytes.readUInt16BE(16) > 255);
  for (const { bytes } of data.slice(0, 20)) await bench.datagram(shifted(bytes, 0), port);
  const found = () => observationsOf(before?.deviceId).slice(count);
  await until('an attempt', () => found().some((o) => o.kind === 'attempt'));
  await until('the look-up of meanwhile', () =>
    found().some((o) => o.kind === 'name' && o.name === 'meanwhile.example'),
  );
  expect(counters.get('ipfix.refused:unknown-template')).toBe(0);
  // What had not settled when it was stopped is read again, under the same id.
  const ids = new Map<string, Set<string>>();
  for (const o of observationsOf(before?.deviceId)) {
    if (o.kind === 'name') ids.set(o.name, (ids.get(o.name) ?? new Set()).add(o.observationId));
  }
  expect([...ids.values()].map((of) => of.size)).toEqual([...ids].map(() => 1));
  expect(latest('MRI')?.deviceId).toBe(before?.deviceId);
});

it('moves an attachment when the old port has lost its link, and tells it', async () => {
  await bench.link('wl-mri', 'down', 1);
  await until('the lost link', () => latest('MRI')?.interfaces[0]?.linkUp === false);
  const [clone] = recording().filter(
    ({ by, bytes }) => by === 'ipfix' && bytes.includes('wl-clone') && bytes.readUInt32BE(12) === 10,
  );
  if (!clone) throw new Error('no frame at the other port in the recording');
  const late = Buffer.from(clone.bytes);
  late.writeUInt32BE(Math.ceil(Date.now() / 1000) + 1, 4);
  await bench.datagram(late, port);
  const moved = await until('the move', () => latest('MRI')?.interfaces.find((one) => one.port === 'wl-clone'));
  expect(moved).toMatchObject({ linkUp: true, ambiguous: false });
  const rows = await database.look(
    `SELECT port, until IS NULL AS open FROM attachments WHERE mac = '${MRI_MAC}' ORDER BY since`,
  );
  expect(rows).toEqual([
    { port: 'wl-mri', open: false },
    { port: 'wl-clone', open: true },
  ]);
});

it('gives a leased address to whom it was leased', async () => {
  await reader.declare({ ...declared('WS', '00:16:3e:30:00:21', null), site: SITE });
  await until('the workstation', () => latest('WS'));
  const { writeFileSync } = await import('node:fs');
  writeFileSync(bench.leases, `${Math.floor(Date.now() / 1000) + 600} 00:16:3e:30:00:21 10.30.0.100 ws *\n`);
  const ws = await until('its address', () => latest('WS')?.interfaces.find(({ address }) => address !== null));
  expect(ws).toMatchObject({ address: '10.30.0.100', addressing: 'dhcp' });
});
