import * as oids from './wire/oids.js';
import { asMac, asNumber, type Walk } from './wire/walk.js';

export interface LearnedMac {
  mac: string;
  /** null: its filtering database could not be told from others. */
  vlan: number | null;
}

/** Entries that stand for a device: learned, entered by management, or for a reason of the vendor's. */
const FDB_IS_DEVICE = new Set([1, 3, 5]);

/** Rows of port 0, the switch itself, and of ports that are not bridge ports are skipped. */
export function learnedByBridge(
  walk: Walk,
  bridgePorts: ReadonlyMap<number, number>,
): Map<number, LearnedMac[]> | null {
  const rows = walk.column(oids.Q_FDB_PORT);
  const vlanOf = new Map(walk.column(oids.CURRENT_FDB_ID).map(({ index, value }) => [asNumber(value), index.at(-1)!]));
  const cells =
    rows.length > 0
      ? rows.map(({ index, value }) => ({
          mac: index.slice(1),
          // Most switches number the database of a VLAN as the VLAN itself.
          vlan: vlanOf.size > 0 ? (vlanOf.get(index[0]!) ?? null) : index[0]!,
          port: asNumber(value),
          status: asNumber(walk.get(`${oids.Q_FDB_STATUS}.${index.join('.')}`)),
        }))
      : learnedRows(walk, null);
  if (cells.length === 0) return null;
  return grouped(cells, bridgePorts);
}

/** Cisco's tables, one for each VLAN; null where they could not be read. */
export function learnedByVlan(walks: ReadonlyMap<number, Walk> | null): Map<number, LearnedMac[]> | null {
  if (!walks) return null;
  const all = new Map<number, LearnedMac[]>();
  for (const [vlan, walk] of walks) {
    const bridgePorts = numbers(walk.byIndex(oids.BASE_PORT_IF_INDEX));
    for (const [ifIndex, macs] of grouped(learnedRows(walk, vlan), bridgePorts)) {
      all.set(ifIndex, [...(all.get(ifIndex) ?? []), ...macs]);
    }
  }
  return all;
}

interface FilteringRow {
  mac: number[];
  vlan: number | null;
  port: number | null;
  status: number | null;
}

function learnedRows(walk: Walk, vlan: number | null): FilteringRow[] {
  return walk.column(oids.FDB_PORT).map(({ index, value }) => ({
    mac: index,
    vlan,
    port: asNumber(value),
    status: asNumber(walk.get(`${oids.FDB_STATUS}.${index.join('.')}`)),
  }));
}

function grouped(rows: FilteringRow[], bridgePorts: ReadonlyMap<number, number>): Map<number, LearnedMac[]> {
  const found = new Map<number, LearnedMac[]>();
  for (const { mac: octets, vlan, port, status } of rows) {
    const ifIndex = port ? bridgePorts.get(port) : undefined;
    const mac = asMac(octets);
    if (ifIndex === undefined || mac === null || !FDB_IS_DEVICE.has(status ?? 3)) continue;
    found.set(ifIndex, [...(found.get(ifIndex) ?? []), { mac, vlan }]);
  }
  return found;
}

/** The cells that hold numbers. */
export function numbers(cells: ReadonlyMap<number, unknown>): Map<number, number> {
  return new Map([...cells].filter((cell): cell is [number, number] => typeof cell[1] === 'number'));
}
