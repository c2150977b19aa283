import { findOrder, type OrderFinding } from './bit-order.js';
import { learnedByBridge, learnedByVlan, numbers, type LearnedMac } from './filtering-table.js';
import { neighboursOf } from './neighbours.js';
import * as oids from './wire/oids.js';
import { hasPort, isEmpty, type BitOrder } from './wire/port-list.js';
import { vlanOrNone } from './wire/sessions/row.js';
import { asNumber, asOctets, asText, type Walk } from './wire/walk.js';

/** How a switch takes a port's VLAN; see the configuration. */
export type SwitchModel = 'qbridge' | 'qbridge-pvid-only' | 'cisco-vmvlan';

export interface SwitchPort {
  /** ifName, or ifDescr where there is none. */
  name: string;
  ifIndex: number;
  /** null: the switch does not bridge on it. */
  bridgePort: number | null;
  /** The VLAN of what comes in without a tag: PVID, or Cisco's vmVlan. */
  vlan: number | null;
  /** VLANs that leave it without a tag, and with one; null where the switch has no usable lists. */
  untagged: number[] | null;
  tagged: number[] | null;
  linkUp: boolean;
  /** null: the switch does not tell, or not all. */
  macs: LearnedMac[] | null;
  /** Why it is no port of one device: a trunk, an uplink, a bridge behind it. null: nothing says so. */
  infrastructure: string | null;
  /** 802.1X controls it, so that its VLAN is the server's. */
  authenticated: boolean;
}

/** A switch's ports and VLANs at one moment, as it tells them. */
export interface PortTable {
  ports: SwitchPort[];
  vlans: ReadonlySet<number>;
  order: OrderFinding;
  /** Configured membership by VLAN: what may be written. */
  configured: ReadonlyMap<number, Membership>;
}

export interface Membership {
  egress: Buffer;
  untagged: Buffer;
}

export interface PortTableFacts {
  model: SwitchModel;
  bitOrder: BitOrder;
  quarantineVlan: number;
  infrastructurePorts: readonly string[];
  /**
   * Ports that we are moving: half-way they look like trunks. Only we know it, so a port that was left half-way by a
   * process that is gone is for a person.
   */
  begun?: ReadonlySet<string>;
}

/** Columns of the whole table; Cisco's filtering tables are walked for each VLAN. */
export const TABLE_COLUMNS: readonly string[] = [
  ...[oids.IF_DESCR, oids.IF_TYPE, oids.IF_OPER_STATUS, oids.IF_NAME, oids.BASE_PORT_IF_INDEX, oids.LAG_ATTACHED],
  ...[oids.STP_ROOT_PORT, oids.DOT1X_ENABLED, oids.DOT1X_PORT_CONTROL].map((oid) => oid.replace(/\.0$/, '')),
  ...[oids.LLDP_LOCAL_ID, oids.LLDP_LOCAL_DESCR, oids.LLDP_REMOTE_CAPABILITIES, oids.LLDP_REMOTE_NAME],
];
export const QBRIDGE_COLUMNS: readonly string[] = [
  ...[oids.PVID, oids.STATIC_NAME, oids.STATIC_EGRESS, oids.STATIC_UNTAGGED],
  ...[oids.CURRENT_FDB_ID, oids.CURRENT_EGRESS, oids.CURRENT_UNTAGGED, oids.Q_FDB_PORT, oids.Q_FDB_STATUS],
  ...[oids.HUAWEI_L2_IF_INDEX, oids.HUAWEI_L2_TYPE, oids.COMWARE_VLAN_TYPE],
];
export const BRIDGE_COLUMNS: readonly string[] = [oids.BASE_PORT_IF_INDEX, oids.FDB_PORT, oids.FDB_STATUS];
export const CISCO_COLUMNS: readonly string[] = [
  ...[
    oids.VM_VLAN,
    oids.VM_VOICE_VLAN,
    oids.VTP_VLAN_STATE,
    oids.VTP_TRUNK_STATUS,
    oids.CDP_CAPABILITIES,
    oids.CDP_NAME,
  ],
];

const LINK_UP = 1;
/** IANAifType of what a cable goes into: Ethernet, and three old names of it. */
const ETHERNET = new Set([6, 26, 62, 69, 117]);
const PORT_TYPE = { trunk: 1, hybrid: 3 } as const;
const VTP_TRUNKING = 1;
const DOT1X = { on: 1, auto: 2 } as const;
/** Voice VLAN 4095 is voice without a tag, 4096 none. */
const UNTAGGED_VOICE = 4095;

/**
 * Builds the table from what was walked. `vlanWalks` holds Cisco's filtering tables by VLAN; null: they could not be read,
 * so that no port's MACs are known.
 */
export function buildPortTable(
  walk: Walk,
  facts: PortTableFacts,
  vlanWalks: ReadonlyMap<number, Walk> | null = null,
): PortTable {
  const isCisco = facts.model === 'cisco-vmvlan';
  const lists = listsOf(walk);
  const pvids = numbers(walk.byIndex(oids.PVID));
  const bridgePorts = new Map([...numbers(walk.byIndex(oids.BASE_PORT_IF_INDEX))].filter(([port]) => port > 0));
  const order = findOrder(new Map([...pvids].filter(([port]) => bridgePorts.has(port))), lists.untagged);
  const usable = order.order === facts.bitOrder && !isCisco ? lists : null;
  const learned = isCisco ? learnedByVlan(vlanWalks) : learnedByBridge(walk, bridgePorts);
  const vmVlan = numbers(walk.byIndex(oids.VM_VLAN));
  const byIfIndex = new Map([...bridgePorts].map(([port, ifIndex]) => [ifIndex, port]));
  const bridges = neighboursOf(walk, byIfIndex);
  const ports = [...interfaceNames(walk)].map(([ifIndex, name]): SwitchPort => {
    const bridgePort = byIfIndex.get(ifIndex) ?? null;
    const members = (list: Map<number, Buffer>): number[] =>
      bridgePort === null
        ? []
        : [...list].filter(([, ports]) => hasPort(ports, bridgePort, facts.bitOrder)).map(([v]) => v);
    const untagged = usable && members(usable.untagged);
    const port = {
      name,
      ifIndex,
      bridgePort,
      vlan: vlanOrNone(
        (isCisco ? vmVlan.get(ifIndex) : bridgePort === null ? undefined : pvids.get(bridgePort)) ?? null,
      ),
      untagged,
      tagged: usable && members(usable.egress).filter((vlan) => !untagged!.includes(vlan)),
      linkUp: asNumber(walk.get(`${oids.IF_OPER_STATUS}.${ifIndex}`)) === LINK_UP,
      macs: learned && (learned.get(ifIndex) ?? []),
      authenticated: isAuthenticated(walk, ifIndex),
    };
    const infrastructure = bridges.get(ifIndex) ?? whyInfrastructure(walk, port, facts);
    return { ...port, infrastructure };
  });
  return { ports, vlans: vlansOf(walk, isCisco, lists.untagged), order, configured: configuredOf(walk) };
}

/** The current lists are what holds; the configured ones say it where the switch has no current ones. */
function listsOf(walk: Walk): { egress: Map<number, Buffer>; untagged: Map<number, Buffer> } {
  const current = { egress: lists(walk, oids.CURRENT_EGRESS), untagged: lists(walk, oids.CURRENT_UNTAGGED) };
  if (![...current.untagged.values()].every(isEmpty)) return current;
  return { egress: lists(walk, oids.STATIC_EGRESS), untagged: lists(walk, oids.STATIC_UNTAGGED) };
}

/** By VLAN, which is the last number of the index in both tables. */
function lists(walk: Walk, column: string): Map<number, Buffer> {
  return new Map(walk.column(column).map(({ index, value }) => [index.at(-1)!, asOctets(value)]));
}

function configuredOf(walk: Walk): Map<number, Membership> {
  const egress = lists(walk, oids.STATIC_EGRESS);
  const untagged = lists(walk, oids.STATIC_UNTAGGED);
  return new Map(
    [...egress].flatMap(([vlan, list]) =>
      untagged.has(vlan) ? [[vlan, { egress: list, untagged: untagged.get(vlan)! }]] : [],
    ),
  );
}

function vlansOf(walk: Walk, isCisco: boolean, untagged: ReadonlyMap<number, Buffer>): Set<number> {
  if (isCisco)
    return new Set(
      walk.column(oids.VTP_VLAN_STATE).flatMap(({ index, value }) => (value === 1 ? index.slice(-1) : [])),
    );
  const named = [oids.STATIC_NAME, oids.STATIC_EGRESS, oids.CURRENT_FDB_ID].flatMap((column) =>
    walk.column(column).map(({ index }) => index.at(-1)!),
  );
  return new Set([...named, ...untagged.keys()]);
}

function interfaceNames(walk: Walk): Map<number, string> {
  const names = new Map([...walk.byIndex(oids.IF_DESCR)].map(([ifIndex, value]) => [ifIndex, asText(value)]));
  for (const [ifIndex, value] of walk.byIndex(oids.IF_NAME))
    if (asText(value) !== '') names.set(ifIndex, asText(value));
  return new Map([...names].filter(([, name]) => name !== ''));
}

function isAuthenticated(walk: Walk, ifIndex: number): boolean {
  return (
    asNumber(walk.get(oids.DOT1X_ENABLED)) === DOT1X.on &&
    asNumber(walk.get(`${oids.DOT1X_PORT_CONTROL}.${ifIndex}`)) === DOT1X.auto
  );
}

/** The first sign that a port is no device's own, in words. */
function whyInfrastructure(
  walk: Walk,
  port: Omit<SwitchPort, 'infrastructure'>,
  { infrastructurePorts, quarantineVlan, model, begun }: PortTableFacts,
): string | null {
  const { name, ifIndex, bridgePort, vlan, tagged, untagged, macs } = port;
  const number = (column: string): number | null => asNumber(walk.get(`${column}.${ifIndex}`));
  const type = number(oids.IF_TYPE);
  const aggregate = number(oids.LAG_ATTACHED) ?? 0;
  if (infrastructurePorts.includes(name)) return 'the configuration names it as infrastructure';
  if (type !== null && !ETHERNET.has(type)) return 'it is not a port for a cable';
  if (aggregate !== 0 && aggregate !== ifIndex) return 'it is part of an aggregate';
  if (bridgePort !== null && walk.number(oids.STP_ROOT_PORT) === bridgePort) return 'spanning tree has its root there';
  if (number(oids.VTP_TRUNK_STATUS) === VTP_TRUNKING) return 'it is a trunk';
  const voice = model === 'cisco-vmvlan' ? number(oids.VM_VOICE_VLAN) : null;
  if (
    voice !== null &&
    voice > 0 &&
    voice < UNTAGGED_VOICE &&
    voice !== 4095 &&
    (macs ?? []).some((one) => one.vlan === voice)
  )
    return `there is a telephone on it, in VLAN ${voice}`;
  const l2Type = number(oids.COMWARE_VLAN_TYPE) ?? huaweiType(walk, ifIndex);
  if (l2Type === PORT_TYPE.trunk || l2Type === PORT_TYPE.hybrid) return 'it is a trunk or hybrid port';
  const isBegun = begun?.has(name) ?? false;
  if (!isBegun && tagged && tagged.length > 0) return `it carries tagged VLANs (${short(tagged)})`;
  const others = isBegun ? [] : (untagged ?? []).filter((one) => one !== vlan);
  if (others.length > 0) return `it carries further VLANs (${short(others)})`;
  const strangers = (macs ?? []).filter(
    (one) => one.vlan !== null && one.vlan !== vlan && !isStale(one, port, quarantineVlan),
  );
  if (strangers.length > 0) return `devices in other VLANs are behind it (${short(strangers.map((one) => one.vlan!))})`;
  return null;
}

/**
 * A switch remembers for minutes where a MAC was before its port was moved. While the port is in quarantine, that is its
 * VLAN before; afterwards it is the quarantine VLAN, for a MAC that is seen in the port's own too.
 */
function isStale({ mac, vlan }: LearnedMac, port: Pick<SwitchPort, 'vlan' | 'macs'>, quarantineVlan: number): boolean {
  if (port.vlan === quarantineVlan) return true;
  return vlan === quarantineVlan && (port.macs ?? []).some((one) => one.mac === mac && one.vlan === port.vlan);
}

function huaweiType(walk: Walk, ifIndex: number): number | null {
  const row = walk.column(oids.HUAWEI_L2_IF_INDEX).find(({ value }) => value === ifIndex);
  return row ? asNumber(walk.get(`${oids.HUAWEI_L2_TYPE}.${row.index.join('.')}`)) : null;
}

function short(vlans: readonly number[]): string {
  const different = [...new Set(vlans)].sort((a, b) => a - b);
  return different.length > 4
    ? `${different.slice(0, 4).join(', ')} and ${different.length - 4} more`
    : different.join(', ');
}
