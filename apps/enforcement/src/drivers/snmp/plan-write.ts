import type { DriverErrorCode } from '#driver';
import type { PortTable, SwitchModel, SwitchPort } from './port-table.js';
import { hasPort, type BitOrder } from './wire/port-list.js';

/** One change, which is one SET. */
export type Write =
  | { kind: 'pvid'; bridgePort: number; vlan: number }
  | { kind: 'member'; list: 'egress' | 'untagged'; vlan: number; bridgePort: number; isIn: boolean }
  | { kind: 'vm-vlan'; ifIndex: number; vlan: number };

/** Why a port is left alone. Tests and counters ask this, people read the reason. */
export type RefusalRule =
  | 'unknown-port'
  | 'no-vlan'
  | 'infrastructure'
  | 'authenticated'
  | 'no-such-vlan'
  | 'no-lists'
  | 'unclear-lists'
  | 'other-bit-order'
  | 'other-vlan'
  | 'not-configured'
  | 'not-member'
  | 'macs-unknown'
  | 'silent'
  | 'another-device'
  | 'several-devices';

export interface Refusal {
  ok: false;
  rule: RefusalRule;
  code: Extract<DriverErrorCode, 'refused' | 'changed-by-others' | 'unknown-port'>;
  /** For people. */
  reason: string;
}
export type Planned = { ok: true; port: SwitchPort; writes: Write[] } | Refusal;

export interface Move {
  port: string;
  mac: string;
  from: number;
  to: number;
}

export interface WriteFacts {
  model: SwitchModel;
  bitOrder: BitOrder;
}

const no = (rule: RefusalRule, reason: string, code: Refusal['code'] = 'refused'): Refusal => {
  return { ok: false, rule, code, reason };
};

/**
 * The changes that move a device's port into the quarantine VLAN, in order, or why not. What is done already is not done
 * again. The device is found by its MAC on that port, alone: nobody else's port is moved.
 */
export function planMove(table: PortTable, move: Move, facts: WriteFacts): Planned {
  const found = portOf(table, move.port);
  if ('ok' in found) return found;
  return (
    whyUnusable(table, found, move, facts) ?? whySomebodyElse(found, move.mac) ?? planned(table, found, move, facts)
  );
}

/**
 * The changes that put it back. Only a port that still is in the quarantine VLAN, and is nobody else's by now; nothing to
 * do where somebody has given it another VLAN.
 */
export function planRestore(table: PortTable, move: Move, facts: WriteFacts): Planned {
  const found = portOf(table, move.port);
  if ('ok' in found) return found;
  if (found.vlan !== move.from && found.vlan !== move.to) return { ok: true, port: found, writes: [] };
  const writes = writesTo(table, found, move, facts);
  if (writes.length === 0) return { ok: true, port: found, writes };
  const others = (found.macs ?? []).filter(({ mac }) => mac !== move.mac);
  if (others.length > 0)
    return no(
      'another-device',
      `port ${found.name} has ${others.map(({ mac }) => mac).join(', ')} by now, which is not ours: it was left as it is`,
      'changed-by-others',
    );
  return whyUnusable(table, found, move, facts) ?? { ok: true, port: found, writes };
}

/** Whether the port lets an isolation be applied at all, whatever VLAN it has and whoever is on it. */
export function whyUnusable(table: PortTable, port: SwitchPort, { from, to }: Move, facts: WriteFacts): Refusal | null {
  const { name, vlan } = port;
  if (vlan === null) return no('no-vlan', `the switch tells no VLAN of port ${name}`);
  if (vlan !== from && vlan !== to)
    return no(
      'other-vlan',
      `port ${name} is in VLAN ${vlan}, not in ${from}: somebody else has changed it`,
      'changed-by-others',
    );
  if (port.infrastructure) return no('infrastructure', `port ${name} is infrastructure: ${port.infrastructure}`);
  if (port.authenticated)
    return no('authenticated', `802.1X controls port ${name}: its VLAN is given by the RADIUS server, use that`);
  if (table.vlans.size === 0)
    return no('no-such-vlan', `the switch does not list its VLANs, so nobody sees whether it has ${to}`);
  if (!table.vlans.has(to)) return no('no-such-vlan', `VLAN ${to} does not exist on this switch`);
  if (facts.model === 'qbridge') {
    const why = whyNoLists(table, facts);
    if (why) return why;
  }
  return facts.model === 'qbridge' ? whyNoMember(table, port, facts) : null;
}

/** The changes from what is now; each is read back before the next. Membership comes before the PVID, so that nothing is
 * dropped in between, and the old VLAN is left last. */
export function writesTo(table: PortTable, port: SwitchPort, { from, to }: Move, facts: WriteFacts): Write[] {
  if (facts.model === 'cisco-vmvlan')
    return port.vlan === to ? [] : [{ kind: 'vm-vlan', ifIndex: port.ifIndex, vlan: to }];
  const { bridgePort } = port;
  if (bridgePort === null) return [];
  const pvid: Write[] = port.vlan === to ? [] : [{ kind: 'pvid', bridgePort, vlan: to }];
  if (facts.model === 'qbridge-pvid-only') return pvid;
  const member = (vlan: number, list: 'egress' | 'untagged', isIn: boolean): Write[] => {
    const lists = table.configured.get(vlan);
    if (!lists || hasPort(lists[list], bridgePort, facts.bitOrder) === isIn) return [];
    return [{ kind: 'member', list, vlan, bridgePort, isIn }];
  };
  return [
    ...member(to, 'egress', true),
    ...member(to, 'untagged', true),
    ...pvid,
    ...member(from, 'untagged', false),
    ...member(from, 'egress', false),
  ];
}

/** For people. */
export function wordsOf(write: Write): string {
  switch (write.kind) {
    case 'pvid':
      return `PVID of bridge port ${write.bridgePort} to ${write.vlan}`;
    case 'vm-vlan':
      return `vmVlan of interface ${write.ifIndex} to ${write.vlan}`;
    case 'member':
      return `bridge port ${write.bridgePort} ${write.isIn ? 'into' : 'out of'} ${write.list} of VLAN ${write.vlan}`;
  }
}

function portOf(table: PortTable, name: string): SwitchPort | Refusal {
  const found = table.ports.filter((port) => port.name === name);
  if (found.length === 0) return no('unknown-port', `the switch has no port ${name}`, 'unknown-port');
  if (found.length > 1)
    return no('unknown-port', `the switch has ${found.length} ports called ${name}`, 'unknown-port');
  return found[0]!;
}

function whyNoLists(table: PortTable, { bitOrder }: WriteFacts): Refusal | null {
  const { order, words } = table.order;
  if (order === 'none')
    return no(
      'no-lists',
      `no membership can be written: ${words}; use the model qbridge-pvid-only if that is how it works`,
    );
  if (order === 'neither') return no('unclear-lists', `the port lists of this switch can not be understood: ${words}`);
  if (order !== bitOrder)
    return no(
      'other-bit-order',
      `the port lists of this switch are ${order}, and the configuration says ${bitOrder}: ${words}`,
    );
  return null;
}

/** The switch must show the port as configured member of its VLAN: what only appears so is somebody else's doing. */
function whyNoMember(
  table: PortTable,
  { name, vlan, bridgePort, untagged }: SwitchPort,
  { bitOrder }: WriteFacts,
): Refusal | null {
  if (bridgePort === null) return no('not-member', `port ${name} is not bridged`);
  const lists = table.configured.get(vlan!);
  if (!lists)
    return no(
      'not-configured',
      `VLAN ${vlan} of port ${name} is not configured on the switch: something else gives it`,
    );
  if (!hasPort(lists.untagged, bridgePort, bitOrder) || !untagged?.includes(vlan!))
    return no(
      'not-member',
      `port ${name} has PVID ${vlan} and is no untagged member of that VLAN: what it does is not known`,
    );
  return null;
}

function whySomebodyElse({ name, macs }: SwitchPort, mac: string): Refusal | null {
  if (macs === null) return no('macs-unknown', `the switch does not tell which devices are on port ${name}`);
  const others = macs.filter((one) => one.mac !== mac).map((one) => one.mac);
  if (macs.length === 0)
    return no(
      'silent',
      `no device is seen on port ${name} now: ${mac} is silent or has moved, try again when it has sent something`,
    );
  if (others.length === macs.length)
    return no('another-device', `another device is on port ${name} now (${others.slice(0, 3).join(', ')})`);
  if (others.length > 0)
    return no(
      'several-devices',
      `${others.length + 1} devices share port ${name}, also ${others.slice(0, 3).join(', ')}: they would be moved too`,
    );
  return null;
}

function planned(table: PortTable, port: SwitchPort, move: Move, facts: WriteFacts): Planned {
  return { ok: true, port, writes: writesTo(table, port, move, facts) };
}
