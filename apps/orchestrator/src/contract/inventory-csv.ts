import { parse, CsvError } from 'csv-parse/sync';
import { ADDRESSINGS, CRITICALITIES, type InventoryDeclared } from '#events';
import type { InventoryProblem } from '../commands.js';
import { canonicalAddress, isAddress } from './address.js';
import { flowText, parseFlows } from './flow-text.js';

/**
 * A site's inventory as CSV (RFC 4180; UTF-8; lines that start with # are comments). One row an interface; further
 * interfaces of an asset are further rows with the same site and asset, whose other cells are empty or the same.
 *
 *     site,realm,asset,name,modality,criticality,ward,ae_titles,infrastructure,mac,addressing,address,flows
 *     north,default,MRI-3,MRI 3,MR,important,radiology,MRI,no,08:00:06:10:00:11,static,10.10.0.11,dicom-store>ARCHIVE:tcp/104!
 *
 * `ae_titles` are separated by `;`, `flows` too (flow-text.ts). A file holds the whole inventory of the sites that it
 * names: an asset of such a site that is not in it has left. Columns are these, in any order, and no others.
 */
export const COLUMNS = [
  'site',
  'realm',
  'asset',
  'name',
  'modality',
  'criticality',
  'ward',
  'ae_titles',
  'infrastructure',
  'mac',
  'addressing',
  'address',
  'flows',
] as const;
export type Column = (typeof COLUMNS)[number];

/** What people declared about an asset, without who and when. */
export type DeclaredAsset = Omit<InventoryDeclared['data'], 'declaredBy' | 'importId' | 'removed'>;
export interface Row {
  line: number;
  cells: Record<Column, string>;
}

type Note = (line: number, column: string, code: string, message: string) => void;

/** The assets that a file declares, or everything that is wrong with it. */
export function readInventory(csv: string): { assets: DeclaredAsset[]; problems: InventoryProblem[] } {
  const problems: InventoryProblem[] = [];
  const note: Note = (row, column, code, message) => problems.push({ row, column, code, message });
  const rows = readRows(csv, note);
  const assets = groupByAsset(rows).map((group) => readAsset(group, note));
  noteDoubles(rows, note);
  noteDoubledTitles(rows, note);
  return problems.length > 0 ? { assets: [], problems: sorted(problems) } : { assets, problems };
}

function readRows(csv: string, note: Note): Row[] {
  const records = parseCsv(csv, note);
  if (!records) return [];
  const header = records.shift();
  if (!header) {
    note(0, '', 'empty-file', `expected the columns ${COLUMNS.join(',')}`);
    return [];
  }
  const names = header.cells.map((name) => name.trim().toLowerCase());
  if (!checkHeader(names, header.line, note)) return [];
  return records.flatMap(({ line, cells }) => {
    if (cells.length !== names.length) {
      note(line, '', 'wrong-columns', `expected ${names.length} cells, found ${cells.length}`);
      return [];
    }
    return [
      { line, cells: Object.fromEntries(names.map((name, i) => [name, (cells[i] ?? '').trim()])) as Row['cells'] },
    ];
  });
}

function parseCsv(csv: string, note: Note): { line: number; cells: string[] }[] | null {
  try {
    const parsed = parse(csv, {
      bom: true,
      comment: '#',
      comment_no_infix: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { info: { lines: number }; record: string[] }[];
    return parsed.map(({ info, record }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : 0;
    note(line, '', 'invalid-csv', `can't be read as CSV (${error.code})`);
    return null;
  }
}

function checkHeader(names: string[], line: number, note: Note): boolean {
  const missing = COLUMNS.filter((column) => !names.includes(column));
  const unknown = names.filter((name) => !(COLUMNS as readonly string[]).includes(name));
  const doubled = names.filter((name, i) => names.indexOf(name) !== i);
  for (const column of missing) note(line, column, 'missing-column', `the column ${column} is missing`);
  for (const column of unknown)
    note(line, column.slice(0, 40), 'unknown-column', `known columns: ${COLUMNS.join(',')}`);
  for (const column of doubled) note(line, column, 'doubled-column', `the column ${column} is there twice`);
  return missing.length + unknown.length + doubled.length === 0;
}

function groupByAsset(rows: Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.cells.site}/${row.cells.asset}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

function readAsset(group: Row[], note: Note): DeclaredAsset {
  const [first] = group as [Row];
  const { cells, line } = first;
  for (const row of group.slice(1)) noteDifferences(row, first, note);
  for (const column of ['site', 'asset', 'name'] as const) {
    if (cells[column] === '') note(line, column, 'required', `${column} is empty`);
    else if (cells[column].length > (column === 'name' ? 255 : 64))
      note(line, column, 'too-long', `${column} is too long`);
  }
  if (cells.modality.length > 16) note(line, 'modality', 'too-long', 'at most 16 characters');
  if (cells.ward.length > 255) note(line, 'ward', 'too-long', 'at most 255 characters');
  return {
    site: cells.site,
    realm: cells.realm || 'default',
    asset: cells.asset,
    name: cells.name,
    modality: cells.modality,
    criticality: oneOf(first, 'criticality', CRITICALITIES, 'routine', note),
    ward: cells.ward,
    aeTitles: readTitles(first, note),
    infrastructure: oneOf(first, 'infrastructure', ['yes', 'no'], 'no', note) === 'yes',
    interfaces: group.map((row) => readInterface(row, note)),
    flows: readFlows(first, note),
  };
}

/** The rows of an asset after its first describe interfaces; what they repeat must be the same. */
function noteDifferences(row: Row, first: Row, note: Note): void {
  const own: Column[] = ['mac', 'addressing', 'address'];
  for (const column of COLUMNS.filter((name) => !own.includes(name))) {
    const cell = row.cells[column];
    if (cell !== '' && cell !== first.cells[column])
      note(row.line, column, 'differs', `differs from row ${first.line}`);
  }
}

function readInterface({ line, cells }: Row, note: Note): DeclaredAsset['interfaces'][number] {
  const mac = cells.mac.toLowerCase().replaceAll('-', ':');
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) note(line, 'mac', 'invalid-mac', 'expected aa:bb:cc:dd:ee:ff');
  else if (parseInt(mac.slice(0, 2), 16) % 2 === 1) note(line, 'mac', 'invalid-mac', 'a group address is no device');
  const addressing = oneOf({ line, cells }, 'addressing', ADDRESSINGS, 'unknown', note);
  if (cells.address === '') {
    if (addressing === 'static') note(line, 'address', 'required', 'a static interface needs its address');
    return { mac, addressing, address: null };
  }
  if (!isAddress(cells.address)) {
    note(line, 'address', 'invalid-address', 'expected an IPv4 or IPv6 address');
    return { mac, addressing, address: null };
  }
  return { mac, addressing, address: canonicalAddress(cells.address) };
}

function readTitles({ line, cells }: Row, note: Note): string[] {
  const titles = cells.ae_titles.split(';').map((title) => title.trim());
  const named = titles.filter((title) => title !== '');
  if (named.some((title) => title.length > 16))
    note(line, 'ae_titles', 'too-long', 'an AE title has at most 16 characters');
  return named;
}

function readFlows({ line, cells }: Row, note: Note): DeclaredAsset['flows'] {
  const { flows, problem } = parseFlows(cells.flows);
  if (problem) note(line, 'flows', 'invalid-flow', problem);
  const texts = flows.map((flow) => flowText({ ...flow, required: false }));
  const doubled = texts.find((text, i) => texts.indexOf(text) !== i);
  if (doubled) note(line, 'flows', 'doubled-flow', `${doubled} is there twice`);
  return flows;
}

function oneOf<const W extends string>(row: Row, column: Column, words: readonly W[], empty: W, note: Note): W {
  const cell = row.cells[column].toLowerCase();
  if (cell === '') return empty;
  const found = words.find((word) => word === cell);
  if (!found) note(row.line, column, 'unknown-word', `expected ${words.join(', ')}`);
  return found ?? empty;
}

/** A MAC belongs to one interface; an address to one interface of its site and realm. */
function noteDoubles(rows: Row[], note: Note): void {
  const seen = new Map<string, number>();
  for (const { line, cells } of rows) {
    const realm = `${cells.site}/${cells.realm || 'default'}`;
    const keys: [Column, string][] = [
      ['mac', cells.mac.toLowerCase().replaceAll('-', ':')],
      ['address', cells.address && `${realm} ${cells.address}`],
    ];
    for (const [column, key] of keys.filter(([, text]) => text !== '')) {
      const before = seen.get(`${column} ${key}`);
      if (before !== undefined) note(line, column, `doubled-${column}`, `is in row ${before} too`);
      else seen.set(`${column} ${key}`, line);
    }
  }
}

/** An AE title that two assets of a realm bear could not be resolved to one of them. */
function noteDoubledTitles(rows: Row[], note: Note): void {
  const owners = new Map<string, Row>();
  for (const row of rows) {
    for (const title of row.cells.ae_titles.split(';').map((part) => part.trim())) {
      const key = `${row.cells.site}/${row.cells.realm || 'default'}/${title}`;
      const owner = owners.get(key);
      if (title !== '' && owner && owner.cells.asset !== row.cells.asset) {
        note(row.line, 'ae_titles', 'doubled-ae-title', `${title} is the AE title of row ${owner.line} too`);
      }
      if (!owner) owners.set(key, row);
    }
  }
}

function sorted(problems: InventoryProblem[]): InventoryProblem[] {
  return [...problems].sort((a, b) => a.row - b.row || a.column.localeCompare(b.column));
}
