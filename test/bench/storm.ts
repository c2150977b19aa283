import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { EventProducer } from '#messaging';
import { Counters, createLogger } from '#observability';
import { freePorts } from '../../deploy/local/free-port.js';
import { startPlatform } from '../../deploy/local/platform.js';
import { stateRoot } from '../../deploy/local/repository.js';
import { startServices } from '../../deploy/local/services.js';
import { prepareDatabase } from '../stage/databases.js';
import { Recorder } from '../stage/recorder.client.js';
import { moodOf, patients, switchName, type Patient } from './storm/hospital.js';
import { StormSwitches, type PolicyEndpoint } from './storm/switches.client.js';

/**
 * `npm run bench:storm`: all devices of a hospital are approved at once, behind many switches and some RADIUS servers. Of the
 * switches in the second run a tenth is silent and a twentieth refuses. From the approval to `acknowledged`, which is a
 * reading of the session that carries the isolation; each switch is then asked what it has done.
 */
const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '5000' },
    switches: { type: 'string', default: '200' },
    servers: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});
const SHAPE = { devices: Number(values.devices), switches: Number(values.switches) };
/** RADIUS servers that ask, each for its own switches. */
const SERVERS = Number(values.servers);
const SECRET = 'secret-of-the-storm';
const PATIENCE_MS = 600_000;
/** Healthy ones must not take longer by more than this when others are dead. */
const ALLOWED = 1.1;

interface Outcome {
  /** Of devices that are healthy in both runs, in ms. */
  healthy: number[];
  unverified: number;
  twice: number;
  /** Of devices behind dead switches: those that were shown as isolated. */
  lied: number;
}

async function storm(name: string, withDead: boolean): Promise<Outcome> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const folder = join(stateRoot(), 'storm');
    const log = (): void => undefined;
    const platform = await startPlatform({ stateDir: folder, log, fresh: true });
    closers.push(() => platform.stop());
    const urls = await prepareDatabase(platform);
    const ports = await freePorts(SERVERS);
    const policies = ports.map((port, index) => ({ id: `radius-${index + 1}`, port, token: 'token-of-the-storm' }));
    const names = Array.from({ length: SHAPE.switches }, (_, index) => switchName(index));
    const endpointOf = (one: string): PolicyEndpoint => policies[names.indexOf(one) % SERVERS]!;
    const switches = await StormSwitches.open(names, SECRET, endpointOf);
    closers.push(() => switches.close());
    const config = writeConfig(folder, names, switches, policies, endpointOf);
    const env = { LAZARET_CONFIG: config, DATABASE_URL: urls.enforcement, KAFKA_BROKERS: platform.kafkaBrokers };
    const services = await startServices({ services: [{ name: 'enforcement', env }], stateDir: folder, log });
    closers.push(() => services.stop());
    const recorder = await Recorder.open(platform.kafkaBrokers, join(folder, 'events.log'));
    closers.push(() => recorder.close());
    const producer = new EventProducer({
      brokers: platform.kafkaBrokers.split(','),
      clientId: 'storm',
      maxQueuedBytes: 256 * 1024 * 1024,
      logger: createLogger('storm', 'silent'),
      counters: new Counters(),
    });
    await producer.connect();
    closers.push(() => producer.close());
    const all = patients(SHAPE, producer);
    for (const { teller, at, port } of all) await switches.begin(at, teller.mac, port);
    if (withDead) names.forEach((one, index) => switches.setMood(one, moodOf(index)));
    return await play(name, all, switches, recorder, withDead);
  } finally {
    for (const close of closers.reverse()) await close().catch(() => undefined);
  }
}

/** Previews, then every approval at once; returns when the healthy ones are verified or patience ends. */
async function play(
  name: string,
  all: readonly Patient[],
  switches: StormSwitches,
  recorder: Recorder,
  withDead: boolean,
): Promise<Outcome> {
  const wish = { maxInterruptionMs: 60_000 };
  await Promise.all(all.map(({ teller, port }) => teller.plugged(port)));
  await Promise.all(all.map(({ teller }) => teller.asks(wish)));
  const digests = await until(name, 'planned', all.length, () => plansIn(recorder));
  const isHealthy = ({ at }: Patient): boolean => moodOf(Number(at.split('-')[1]) - 1) === 'healthy';
  const healthy = all.filter(isHealthy);
  const began = Date.now();
  await Promise.all(
    all.map(({ teller }) => teller.wants({ ...wish, planDigest: digests.get(teller.deviceId) ?? null })),
  );
  const expected = withDead ? healthy.length : all.length;
  const verified = await until(name, 'verified', expected, () => verifiedIn(recorder));
  const others = all.filter((one) => !isHealthy(one));
  return {
    healthy: healthy.flatMap(({ teller }) => {
      const at = verified.get(teller.deviceId);
      return at === undefined ? [] : [at - began];
    }),
    unverified: healthy.filter(({ teller, at }) => switches.vlanOf(at, teller.mac) !== 66).length,
    twice: healthy.filter(({ teller, at }) => switches.disconnectsOf(at, teller.mac) > 1).length,
    lied: withDead ? others.filter(({ teller }) => verified.has(teller.deviceId)).length : 0,
  };
}

function plansIn(recorder: Recorder): Map<string, string> {
  const plans = new Map<string, string>();
  for (const { event } of recorder.records) {
    if (event.type === 'lazaret.seen.plan' && event.data.possible)
      plans.set(event.data.deviceId, event.data.planDigest);
  }
  return plans;
}

/** When each device was first shown as acknowledged, as a second client heard it. */
function verifiedIn(recorder: Recorder): Map<string, number> {
  const verified = new Map<string, number>();
  for (const { event, receivedAt } of recorder.records) {
    if (event.type !== 'lazaret.seen.isolation' || event.data.truth === 'intended') continue;
    const { deviceId } = event.data;
    verified.set(deviceId, Math.min(receivedAt, verified.get(deviceId) ?? receivedAt));
  }
  return verified;
}

async function until<T>(run: string, what: string, count: number, look: () => Map<string, T>): Promise<Map<string, T>> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found.size >= count) return found;
    if (Date.now() > deadline) throw new Error(`${run}: ${found.size} of ${count} ${what} when patience ended`);
    await sleep(250);
  }
}

function writeConfig(
  folder: string,
  names: readonly string[],
  switches: StormSwitches,
  policies: readonly PolicyEndpoint[],
  endpointOf: (name: string) => PolicyEndpoint,
): string {
  const [secretFile, tokenFile] = [join(folder, 'secret'), join(folder, 'token')];
  mkdirSync(folder, { recursive: true });
  writeFileSync(secretFile, SECRET);
  writeFileSync(tokenFile, policies[0]!.token);
  const servers = policies.map(({ id, port }) => ({
    kind: 'radius-policy',
    id,
    listen: { host: '127.0.0.1', port },
    tokenFile,
    snapshotFile: join(folder, `${id}-${Date.now()}.json`),
    switches: names.filter((name) => endpointOf(name).id === id).map((name) => ({ switch: name, identifier: name })),
    quarantineVlan: 66,
    modes: ['vlan-bridged'],
    attributes: { permits: 'nas-filter-rule', direction: 'both' },
  }));
  const points = names.map((name) => ({
    kind: 'radius',
    id: name,
    model: 'ieee8021x',
    host: '127.0.0.1',
    port: switches.portOf(name),
    nas: { identifier: name },
    secretFile,
    policyPoint: endpointOf(name).id,
    quarantineVlan: 66,
  }));
  const config = {
    points: [...servers, ...points],
    interlocks: { isolationsAnHour: SHAPE.devices },
    undoDirectory: join(folder, 'undo'),
  };
  const file = join(folder, 'enforcement.yaml');
  writeFileSync(file, stringify(config));
  return file;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

async function main(): Promise<void> {
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `${cpus().length} cores, load ${load}, ${SHAPE.devices} devices behind ${SHAPE.switches} switches and ${SERVERS} RADIUS servers`,
  );
  const p99: number[] = [];
  let isWell = true;
  for (const [name, withDead] of [
    ['all well', false],
    ['a tenth silent, a twentieth refusing', true],
  ] as const) {
    const { healthy, ...found } = await storm(name, withDead);
    const sorted = healthy.sort((a, b) => a - b);
    p99.push(percentile(sorted, 0.99));
    const times = [0.5, 0.99, 1].map((share) => percentile(sorted, share));
    console.log(
      `${name}: ${sorted.length} healthy verified, p50 ${times[0]} ms, p99 ${times[1]} ms, last ${times[2]} ms; ` +
        `${found.unverified} not in the quarantine VLAN, ${found.twice} told twice, ${found.lied} shown as isolated and dead`,
    );
    isWell &&= found.unverified + found.twice + found.lied === 0;
  }
  const [without = 0, withDead = 0] = p99;
  const ratio = withDead / without;
  if (values.json) console.log(JSON.stringify({ p99Without: without, p99With: withDead, ratio }));
  console.log(`p99 of the healthy beside dead ones: ${ratio.toFixed(2)} of what it is without`);
  process.exit(isWell && ratio <= ALLOWED ? 0 : 1);
}

await main();
