import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { argusTraffic } from './argus-csv.js';
import type { DataSets, ExpectedBeacon, KnownPorts, NameList, Recording } from './data-set.js';
import type { LabelledFlow } from './traffic.js';
import { eveTraffic } from './eve-traffic.js';
import { readZeekLog, type ZeekLog } from './zeek-log.js';
import { zeekTraffic } from './zeek-traffic.js';

const ZEEK_LOG = /^(conn|dns|http|ssl)\.log(\.labeled)?$/;
const NAME_LIST = /^conficker\.([ab])\.txt$/;
const EVE = /(^eve|suricata).*\.json$/;
const NOT_READ: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['flow datagrams', /\.(dat|lp32)$/],
  ['packets', /\.pcap$/],
];
const EMPTY: ZeekLog = { rows: [], labels: [] };

/** Reads everything below a folder that looks like one of the data sets that we know the layout of. */
export function readDataSets(root: string): DataSets {
  const folders = foldersBelow(root);
  const found = folders.map(({ path, files }) => ({ path, files, name: relative(root, path) || basename(root) }));
  return {
    recordings: found.flatMap(({ path, files, name }) => [
      ...zeekRecording(path, files, shortName(name)),
      ...files.filter((file) => EVE.test(file)).map((file) => eveRecording(path, file, name)),
      ...files.filter((file) => file.endsWith('.argus.csv')).map((file) => argusRecording(path, file, name)),
    ]),
    nameLists: found.flatMap(({ path, files }) => files.flatMap((file) => nameList(path, file))),
    knownPorts: found.flatMap(({ path, files }) =>
      files.filter((file) => file === 'conficker-c-ports.json').flatMap((file) => knownPorts(join(path, file))),
    ),
    unread: tallied(found.flatMap(({ files }) => files)),
  };
}

function foldersBelow(path: string): { path: string; files: string[] }[] {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
  const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  const below = entries.filter((entry) => entry.isDirectory()).flatMap((entry) => foldersBelow(join(path, entry.name)));
  return [{ path, files }, ...below];
}

/** The folders that data sets keep their logs in are no part of their name. */
function shortName(name: string): string {
  return name.replace(/\/(zeek_files|zeek_labeled|zeek|data)$/, '');
}

function zeekRecording(path: string, files: readonly string[], name: string): Recording[] {
  const logs = new Map<string, ZeekLog>();
  for (const file of files) {
    const kind = ZEEK_LOG.exec(file)?.[1];
    if (kind !== undefined) logs.set(kind, readZeekLog(readFileSync(join(path, file), 'utf8')));
  }
  const conn = logs.get('conn');
  if (!conn) return [];
  const rows = (kind: string) => (logs.get(kind) ?? EMPTY).rows;
  const traffic = zeekTraffic({ conn: conn.rows, dns: rows('dns'), http: rows('http'), ssl: rows('ssl') });
  const labelled = conn.rows.map((row, i): LabelledFlow => {
    const [source, peer] = [row.get('id.orig_h') ?? '', row.get('id.resp_h') ?? ''];
    return {
      source,
      peer,
      port: Number(row.get('id.resp_p')),
      protocol: row.get('proto') ?? '',
      label: conn.labels[i] ?? '',
    };
  });
  return [{ name, traffic, labelled, expectedBeacons: expectedBeacons(path, files, traffic.inside) }];
}

function argusRecording(path: string, file: string, folder: string): Recording {
  const traffic = argusTraffic(readFileSync(join(path, file), 'utf8'));
  return { name: join(folder, file.replace('.argus.csv', '')), traffic, labelled: [], expectedBeacons: [] };
}

function eveRecording(path: string, file: string, folder: string): Recording {
  const traffic = eveTraffic(readFileSync(join(path, file), 'utf8'));
  return { name: join(folder, file.replace('.json', '')), traffic, labelled: [], expectedBeacons: [] };
}

function nameList(path: string, file: string): NameList[] {
  const variant = NAME_LIST.exec(file)?.[1]?.toUpperCase();
  if (variant !== 'A' && variant !== 'B') return [];
  return [{ file, variant, names: readFileSync(join(path, file), 'utf8').split(/\r?\n/).filter(Boolean) }];
}

function knownPorts(file: string): KnownPorts[] {
  const { confirmed = [], computed = [] } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, KnownPorts[]>;
  return [...confirmed, ...computed];
}

interface BeaconRow {
  src: string;
  dst: string;
  score: number;
  ts: number;
  ds: number;
  dur: number;
  hist: number;
}

/** The file also holds figures of recordings that are not in this folder: their devices are not seen in it. */
function expectedBeacons(path: string, files: readonly string[], inside: ReadonlySet<string>): ExpectedBeacon[] {
  const file = files.find((one) => one === 'rita-expected-beacons.json');
  if (file === undefined) return [];
  const { beacons } = JSON.parse(readFileSync(join(path, file), 'utf8')) as { beacons: BeaconRow[] };
  return beacons
    .filter(({ src }) => inside.has(src))
    .map(({ src, dst, score, ts, ds, dur, hist }) => ({
      source: src,
      destination: dst,
      score: { score, timing: ts, size: ds, duration: dur, histogram: hist },
    }));
}

function tallied(files: readonly string[]): ReadonlyMap<string, number> {
  const counts = NOT_READ.map(([kind, pattern]) => [kind, files.filter((file) => pattern.test(file)).length] as const);
  return new Map(counts.filter(([, count]) => count > 0));
}
