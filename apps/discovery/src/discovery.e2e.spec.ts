import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { createTopics } from '#messaging';
import { Counters, createLogger } from '#observability';
import { newId, type Conversation, type Observation } from '#events';
import { startPlatform, removeState, type Platform } from '../../../deploy/local/platform.js';
import { HOSTS, SMALL_STUDY, startWard, type Ward } from '../../../test/ward/index.js';
import { discoveryConfig } from '../../../test/stage/site-files.js';
import { configSchema } from './config.js';
import { startDiscovery } from './discovery.module.js';
import { declared } from './observations/replay.fixture.js';
import { BenchDatabase, BenchReader, given, until } from './testing/bench.client.js';

const SITE = `north-${newId().slice(-8)}`;
const NAMES = ['fvqcih.net', 'qwmxkd.org', 'abcdelm.info', 'zzkkwq.biz', 'plokij.com', 'mnbvcx.cc'];
let dir: string;
let ward: Ward;
let platform: Platform;
let database: BenchDatabase;
let reader: BenchReader;
let app: INestApplication;
const counters = new Counters();

beforeAll(async () => {
  dir = mkdtempSync('/tmp/lazaret-disc-e2e-');
  platform = await startPlatform({ stateDir: join(dir, 'platform'), log: () => undefined, fresh: true });
  process.env['DATABASE_URL'] = platform.databaseUrl;
  process.env['KAFKA_BROKERS'] = platform.kafkaBrokers;
  await createTopics(platform.kafkaBrokers.split(','));
  ward = await startWard({ dir: join(dir, 'ward') });
  [database, reader] = await Promise.all([BenchDatabase.create(), new BenchReader().open()]);
  for (const host of [HOSTS.mri, HOSTS.mri2, HOSTS.ct, HOSTS.archive, HOSTS.worklist, HOSTS.dns])
    await reader.declare({ ...declared(host.name, host.mac, host.address), site: SITE, realm: 'main' });
  await reader.declare({ ...declared('ws', HOSTS.ws.mac, null), site: SITE, realm: 'main' });
  const places = {
    dnsQueries: ward.dns.queryLog,
    dnsLeases: ward.dns.leaseFile,
    switchControl: ward.layout.vswitchdControl,
  };
  const config = configSchema.parse({ ...discoveryConfig(places as never), site: SITE });
  const logger = createLogger('discovery', process.env['TEST_LOG'] ?? 'silent');
  const connections = { databaseUrl: database.url, kafkaBrokers: given('KAFKA_BROKERS').split(',') };
  app = await startDiscovery({ ...config, ...connections }, logger, counters);
  await ward.exportIpfix();
}, 120_000);

afterAll(async () => {
  await app?.close();
  await reader?.close();
  await ward?.stop();
  await database?.drop();
  await platform?.stop();
  removeState(join(dir, 'platform'));
  rmSync(dir, { recursive: true, force: true });
});

const latest = (asset: string) =>
  reader
    .of('lazaret.device.changed')
    .filter(({ data }) => data.site === SITE && data.asset === asset)
    .at(-1)?.data;
const idOf = (asset: string): string => latest(asset)?.deviceId ?? 'none';
const observationsOf = (asset: string): Observation[] =>
  reader
    .of('lazaret.observations.reported')
    .flatMap(({ data }) => (data.deviceId === idOf(asset) ? data.observations : []));
const conversationsOf = (asset: string): Conversation[] =>
  reader
    .of('lazaret.conversations.seen')
    .flatMap(({ data }) => (data.deviceId === idOf(asset) ? data.conversations : []));

it('finds every device at its port, and the workstation’s address by its lease', async () => {
  await ward.ping('mri', 'archive');
  await ward.ping('mri2', 'archive');
  await ward.ping('ct', 'archive');
  await ward.ping('ws', 'archive');
  for (const host of [HOSTS.mri, HOSTS.mri2, HOSTS.ct, HOSTS.archive, HOSTS.dns, HOSTS.ws]) {
    const found = await until(`${host.name} at its port`, () =>
      latest(host.name)?.interfaces.find((one) => one.port !== null),
    );
    expect(found).toMatchObject({ port: host.port, vlan: host.vlan, pointId: 'ovs-1', linkUp: true, ambiguous: false });
  }
  expect(latest('ws')?.interfaces[0]?.address).toBe(await ward.addressOf('ws'));
});

it('sees a study as a conversation with the archive, moved both ways, and no failed attempt of the modality', async () => {
  const modality = await ward.startModality('mri', { shape: SMALL_STUDY });
  await sleep(6000);
  await modality.stop();
  const store = conversationsOf('mri').filter((c) => c.peerAddress === HOSTS.archive.address && c.port === 104);
  expect(store.some((c) => c.framesOut > 50 && c.framesIn > 10 && c.opener === 'device')).toBe(true);
  expect(store.every((c) => c.peerDeviceId === idOf('archive'))).toBe(true);
  const failed = observationsOf('mri').filter((o) => o.kind === 'attempt' && o.outcome !== 'answered');
  expect(failed).toEqual([]);
  const callBack = conversationsOf('mri').filter((c) => c.port === 11113);
  for (const c of callBack) expect(c.opener).toBe('peer');
});

it('tells the worm’s attempts and look-ups in time, all bound to the MRI’s port', async () => {
  const infection = await ward.infect({ names: NAMES });
  await sleep(5000);
  await infection.stop();
  await sleep(1500);
  const all = observationsOf('mri').filter((o) => o.kind === 'name' || (o.kind === 'attempt' && o.port === 445));
  const at = (o: Observation) => Date.parse(o.at);
  const first = Math.min(...all.map(at));
  const ways = reader
    .of('lazaret.observations.reported')
    .flatMap((event) => event.data.observations.map((o) => ({ o, got: (reader.gotAt.get(event.id) ?? 0) - first })));
  const gotOf = (o: Observation | undefined) => ways.find((way) => way.o === o)?.got ?? Number.POSITIVE_INFINITY;
  // The refusal of the gateway and the first name come at once, the first silence a second after the first packet.
  expect(gotOf(all.find((o) => o.kind === 'attempt' && o.outcome === 'refused'))).toBeLessThan(250);
  expect(gotOf(all.find((o) => o.kind === 'name'))).toBeLessThan(250);
  expect(gotOf(all.find((o) => o.kind === 'attempt' && o.outcome === 'silent'))).toBeLessThan(1500);
  expect(new Set(all.map(({ binding }) => binding))).toEqual(new Set(['bound']));
  const silent = all.filter((o) => o.kind === 'attempt' && o.outcome === 'silent');
  const names = all.flatMap((o) => (o.kind === 'name' ? [o] : []));
  expect(silent.length).toBeGreaterThan(60);
  expect(new Set(names.map((o) => o.name))).toEqual(new Set([...NAMES, 'clock.example', 'updates.vendor.example']));
  expect(names.filter((o) => NAMES.includes(o.name)).every((o) => o.answer === 'nxdomain' && o.resolverWell)).toBe(
    true,
  );
});

it('loses and refuses nothing of what the switch and the resolver say', () => {
  const report = reader
    .of('lazaret.sensor.reported')
    .filter(({ data }) => data.site === SITE && data.sensorId === 'ovs-1-ipfix')
    .at(-1);
  expect(report?.data).toMatchObject({ lost: 0, droppedBySocket: 0, parseFailures: 0, clockOffsetMs: 0 });
  const refused = Object.keys(counters.snapshot()).filter((name) => name.includes('refused') || name.includes('lost'));
  expect(refused).toEqual([]);
});

it('follows the MRI to another port and back, since its cable was pulled', async () => {
  const port = (name: string) => () => latest('mri')?.interfaces.find((one) => one.port === name && one.linkUp);
  await ward.replug('mri', 'wl-spare');
  await ward.ping('mri', 'archive');
  expect(await until('the MRI at the spare port', port('wl-spare'))).toMatchObject({ vlan: 10, ambiguous: false });
  await ward.replug('mri', 'home');
  await ward.ping('mri', 'archive');
  expect(await until('the MRI at its own port', port('wl-mri'))).toMatchObject({ vlan: 10, ambiguous: false });
});

it('reads on when the resolver was killed and started again', async () => {
  const names = (name: string) => observationsOf('mri').find((o) => o.kind === 'name' && o.name === name);
  await ward.dns.stop('killed');
  await ward.dns.start();
  await ward.run('mri', ['sh', '-c', 'ping -c1 -W1 back-again.example || true']);
  expect(await until('the look-up', () => names('back-again.example'))).toMatchObject({
    binding: 'bound',
    answer: 'nxdomain',
    resolverWell: true,
  });
});

it('names the port of a clone, and the MRI keeps its own', async () => {
  await ward.impersonate('mri', 'clone');
  const infection = await ward.infect({ host: 'clone', names: NAMES });
  const taken = await until('the clone’s port', () =>
    reader
      .of('lazaret.observations.reported')
      .flatMap(({ data }) => data.observations)
      .find((o) => o.kind === 'address-taken-over'),
  );
  await sleep(1500);
  await infection.stop();
  expect(taken).toMatchObject({ claimedDeviceId: idOf('mri'), claimedMac: HOSTS.mri.mac, port: 'wl-spare' });
  expect(latest('mri')?.interfaces[0]).toMatchObject({ port: 'wl-mri', ambiguous: true });
  const since = Date.parse(taken.at);
  const after = observationsOf('mri').filter((o) => Date.parse(o.at) >= since && o.binding === 'bound');
  expect(after).toEqual([]);
});
