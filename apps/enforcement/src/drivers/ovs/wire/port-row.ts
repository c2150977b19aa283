import type { DriverErrorCode, Fence, PointIsolation, PortMark } from '#driver';

/** A row of OVSDB's table Port, with the link state of its interfaces. */
export interface PortRow {
  uuid: string;
  name: string;
  tag: number | null;
  vlanMode: string | null;
  trunks: number[];
  protected: boolean;
  externalIds: Record<string, string>;
  linkUp: boolean;
}

/** A row as it is to be; `row` is what must still be there when it is written. */
export interface RowChange {
  row: PortRow;
  tag: number | null;
  protected: boolean;
  externalIds: Record<string, string>;
}

/** What a step would do to a row: `change` null = it is so already. */
export type Transition = { ok: true; change: RowChange | null } | { ok: false; code: DriverErrorCode; reason: string };

/**
 * Keys of `external_ids`. The first three are the claim, set before the first flow: whose flows name this port, under
 * which lease, in which run of the switch. The others are the mark, set by the move. `prior` is JSON of PriorPort.
 */
const KEY = {
  device: 'lazaret-device',
  fence: 'lazaret-fence',
  boot: 'lazaret-boot',
  quarantine: 'lazaret-quarantine',
  generation: 'lazaret-generation',
  prior: 'lazaret-prior',
} as const;
export const OUR_KEYS: readonly string[] = Object.values(KEY);

/** A port that carries several VLANs. One without a tag does, unless it is told to be an access port. */
export function isTrunk({ tag, vlanMode, trunks }: PortRow): boolean {
  if (vlanMode === 'access') return false;
  return vlanMode !== null || tag === null || trunks.length > 0;
}

export function bootOf(row: PortRow): string | null {
  return row.externalIds[KEY.boot] ?? null;
}

export function claimedBy(row: PortRow): number | null {
  return wholeNumber(row.externalIds[KEY.device]);
}

/** Our mark, or null if there is none that can be read in full: half a mark proves nothing. */
export function markOf({ externalIds: ids }: PortRow): PortMark | null {
  const quarantineId = ids[KEY.quarantine];
  const deviceNumber = wholeNumber(ids[KEY.device]);
  const generation = wholeNumber(ids[KEY.generation]);
  const prior = priorOf(ids[KEY.prior]);
  if (quarantineId === undefined || deviceNumber === null || generation === null || prior === null) return null;
  return { quarantineId, deviceNumber, generation, prior };
}

/** Before the first flow: says whose the flows at this port are, and under which lease they were written. */
export function claim(row: PortRow, isolation: PointIsolation, fence: Fence, boot: string): Transition {
  const refusal = refusalOf(row, isolation, fence);
  if (refusal) return refusal;
  const ids = { [KEY.device]: `${isolation.deviceNumber}`, [KEY.fence]: `${fence.number}`, [KEY.boot]: boot };
  return changed(row, { externalIds: { ...row.externalIds, ...ids } });
}

/** To the quarantine VLAN, with our mark. What was there before is kept, as long as the port stays where we put it. */
export function move(row: PortRow, isolation: PointIsolation, fence: Fence): Transition {
  const refusal = refusalOf(row, isolation, fence);
  if (refusal) return refusal;
  const { quarantineVlan } = isolation;
  if (isolation.mode === 'filter' || quarantineVlan === null) return refused('refused', 'this mode moves no port');
  const kept = row.tag === quarantineVlan ? markOf(row)?.prior : undefined;
  const prior = kept ?? { vlan: isolation.homeVlan, protected: row.protected };
  const externalIds = {
    ...row.externalIds,
    [KEY.device]: `${isolation.deviceNumber}`,
    [KEY.fence]: `${fence.number}`,
    [KEY.quarantine]: isolation.quarantineId,
    [KEY.generation]: `${isolation.generation}`,
    [KEY.prior]: JSON.stringify({ vlan: prior.vlan, protected: prior.protected }),
  };
  return changed(row, { tag: quarantineVlan, protected: true, externalIds });
}

/** Back to what was there before, if the port is still where we put it. If a hand has moved it, only what is ours goes. */
export function restore(row: PortRow, quarantineId: string, quarantineVlan: number | null, fence: Fence): Transition {
  const mark = markOf(row);
  if (mark?.quarantineId !== quarantineId) return { ok: true, change: null };
  const stale = staleFence(row, fence);
  if (stale) return stale;
  const tag = row.tag === quarantineVlan && quarantineVlan !== null ? mark.prior.vlan : row.tag;
  return changed(row, { tag, protected: row.protected && mark.prior.protected, externalIds: withoutOurs(row) });
}

/** Takes a device's claim off a port. A mark stays: only restoring the port takes that. */
export function unclaim(row: PortRow, deviceNumber: number, fence: Fence): Transition {
  if (claimedBy(row) !== deviceNumber) return { ok: true, change: null };
  const stale = staleFence(row, fence);
  if (stale) return stale;
  return markOf(row) ? { ok: true, change: null } : changed(row, { externalIds: withoutOurs(row) });
}

function refusalOf(row: PortRow, isolation: PointIsolation, fence: Fence): Transition | null {
  const stale = staleFence(row, fence);
  if (stale) return stale;
  if (isTrunk(row)) return refused('refused', `port ${row.name} is a trunk`);
  const holder = claimedBy(row);
  if (holder !== null && holder !== isolation.deviceNumber) {
    return refused('changed-by-others', `port ${row.name} is held for device ${holder}`);
  }
  const mark = markOf(row);
  if (mark && mark.quarantineId !== isolation.quarantineId) {
    return refused('changed-by-others', `port ${row.name} carries the mark of another quarantine`);
  }
  const expected = row.tag === isolation.homeVlan || (mark !== null && row.tag === isolation.quarantineVlan);
  return expected ? null : refused('changed-by-others', `port ${row.name} has VLAN ${row.tag}`);
}

function staleFence(row: PortRow, fence: Fence): Transition | null {
  const last = wholeNumber(row.externalIds[KEY.fence]);
  if (last === null || last <= fence.number) return null;
  return refused('stale-fence', `port ${row.name} was written under fence ${last}, ours is ${fence.number}`);
}

function changed(row: PortRow, to: Partial<Omit<RowChange, 'row'>>): Transition {
  const change = { row, tag: row.tag, protected: row.protected, externalIds: row.externalIds, ...to };
  const same =
    change.tag === row.tag && change.protected === row.protected && sameIds(change.externalIds, row.externalIds);
  return { ok: true, change: same ? null : change };
}

function refused(code: DriverErrorCode, reason: string): Transition {
  return { ok: false, code, reason };
}

function withoutOurs(row: PortRow): Record<string, string> {
  return Object.fromEntries(Object.entries(row.externalIds).filter(([key]) => !OUR_KEYS.includes(key)));
}

function sameIds(a: Record<string, string>, b: Record<string, string>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function priorOf(text: string | undefined): PortMark['prior'] | null {
  try {
    const prior = JSON.parse(text ?? 'null') as { vlan?: unknown; protected?: unknown } | null;
    if (typeof prior?.vlan !== 'number' || typeof prior.protected !== 'boolean') return null;
    return { vlan: prior.vlan, protected: prior.protected };
  } catch {
    return null;
  }
}
