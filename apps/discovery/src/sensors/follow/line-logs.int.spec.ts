import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTopics } from '#messaging';
import { newId, type Observation } from '#events';
import { stringify } from 'yaml';
import { MRI_MAC, declared } from '../../observations/replay.fixture.js';
import { BenchDatabase, BenchReader, given, until } from '../../testing/bench.client.js';

const MAIN = join(process.cwd(), 'dist/apps/discovery/src/main.js');
const SITE = `north-${newId().slice(-8)}`;
const WRITE_MS = 5;

let folder: string;
let database: BenchDatabase;
let reader: BenchReader;
let service: ChildProcess | undefined;
let index = 0;
/** What was written, as the observation of each line must show it. */
const written = new Set<string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lazaret-lines-'));
  await createTopics(given('KAFKA_BROKERS').split(','));
  [database, reader] = await Promise.all([BenchDatabase.create(), new BenchReader().open()]);
  await reader.declare({ ...declared('MRI', MRI_MAC, '10.10.0.11'), site: SITE });
  const lines = { trustDomain: 'tap', authenticatedBy: 'file' };
  const sensors = [
    { kind: 'zeek', id: 'zeek-1', folder, logs: ['conn', 'dns'], ...lines },
    { kind: 'eve', id: 'suricata-1', file: join(folder, 'eve.json'), ...lines },
  ];
  writeFileSync(join(folder, 'config.yaml'), stringify({ site: SITE, insideNetworks: ['10.0.0.0/8'], sensors }));
});

afterAll(async () => {
  await kill('SIGKILL');
  await reader?.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const env = { ...process.env, LAZARET_CONFIG: join(folder, 'config.yaml'), DATABASE_URL: database.url };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  service = child;
  let isReady = false;
  createInterface({ input: child.stdout }).on('line', (line) => (isReady ||= line.includes('"msg":"ready"')));
  await until('the service to be ready', () => isReady || child.exitCode !== null, 40_000);
  expect(child.exitCode).toBeNull();
}

async function kill(signal: NodeJS.Signals): Promise<void> {
  const child = service;
  service = undefined;
  if (!child || child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

const log = (name: string): string => join(folder, name);
const append = (name: string, line: object): void => appendFileSync(log(name), `${JSON.stringify(line)}\n`);

/** One connection in Zeek's log and one in Suricata's, and a look-up, none of them like another. */
function write(): void {
  index += 1;
  const now = Date.now();
  const peer = (net: number): string => `${net}.16.${index >> 8}.${index & 255}`;
  const ends = { ts: now / 1000, uid: `C${index}`, 'id.orig_h': '10.10.0.11', 'id.orig_p': 50_000 };
  append('conn.log', { ...ends, 'id.resp_h': peer(172), 'id.resp_p': 445, proto: 'tcp', conn_state: 'S0' });
  const query = { query: `n${index}.example`, qtype_name: 'A', rcode_name: 'NXDOMAIN' };
  append('dns.log', { ...ends, 'id.resp_h': '10.20.0.53', 'id.resp_p': 53, proto: 'udp', ...query });
  append('eve.json', {
    timestamp: new Date(now).toISOString().replace('Z', '000+0000'),
    flow_id: index,
    event_type: 'flow',
    src_ip: '10.10.0.11',
    src_port: 50_000,
    dest_ip: peer(198),
    dest_port: 445,
    proto: 'TCP',
    flow: { pkts_toclient: 1, start: new Date(now).toISOString().replace('Z', '000+0000') },
    tcp: { tcp_flags_ts: '02', tcp_flags_tc: '14' },
  });
  written.add(`zeek-1 ${peer(172)} silent`).add(`zeek-1 n${index}.example nxdomain`);
  written.add(`suricata-1 ${peer(198)} refused`);
}

async function writeFor(ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    write();
    await sleep(WRITE_MS);
  }
}

const told = (): Observation[] =>
  reader.of('lazaret.observations.reported').flatMap(({ data }) => (data.site === SITE ? data.observations : []));
const textOf = (o: Observation): string => {
  if (o.kind !== 'attempt' && o.kind !== 'name') return o.kind;
  return `${o.sensorId} ${o.kind === 'name' ? `${o.name} ${o.answer}` : `${o.peerAddress} ${o.outcome}`}`;
};

it('loses no line and makes no second observation of one, killed twice, with its logs rotated meanwhile', async () => {
  await start();
  await writeFor(3500);
  await kill('SIGKILL');
  await writeFor(300);
  renameSync(log('conn.log'), log('conn.2026-01-05-03-00-00.log'));
  await writeFor(300);
  await start();
  await writeFor(1500);
  await kill('SIGKILL');
  await writeFor(300);
  copyFileSync(log('eve.json'), log('eve.json.1'));
  truncateSync(log('eve.json'), 0);
  await writeFor(300);
  await start();
  await writeFor(300);
  renameSync(log('dns.log'), log('dns.2026-01-05-04-00-00.log'));
  await writeFor(300);
  const missing = (): string[] => {
    const seen = new Set(told().map(textOf));
    return [...written].filter((one) => !seen.has(one));
  };
  await until('every line', () => missing().length === 0, 15_000).catch(() => undefined);
  expect(missing()).toEqual([]);
  const ids = new Map<string, Set<string>>();
  for (const one of told()) ids.set(textOf(one), (ids.get(textOf(one)) ?? new Set()).add(one.observationId));
  expect([...ids.keys()].filter((one) => !written.has(one))).toEqual([]);
  expect([...ids].filter(([, all]) => all.size !== 1)).toEqual([]);
  expect(new Set(told().map(({ binding }) => binding))).toEqual(new Set(['claimed']));
  const reports = reader.of('lazaret.sensor.reported').filter(({ data }) => data.site === SITE);
  expect(reports.filter(({ data }) => data.lost > 0 || data.parseFailures > 0)).toEqual([]);
  await kill('SIGTERM');
}, 90_000);
