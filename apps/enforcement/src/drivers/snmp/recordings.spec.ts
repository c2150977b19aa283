import { findModel } from './models.js';
import { planMove, type Move, type Planned, type Write } from './plan-write.js';
import { buildPortTable, type PortTable, type PortTableFacts, type SwitchPort } from './port-table.js';
import { recording, recordingNames, recordingsPresent } from './testing/recording.client.js';
import { VERDICTS } from './testing/verdicts.js';
import * as oids from './wire/oids.js';
import { asOctets, type Variable, type Walk } from './wire/walk.js';
import { oidOf, valueOf } from './wire/write.js';

interface Switch {
  walk: Walk;
  facts: PortTableFacts;
  table: PortTable;
}

/** Cisco's filtering tables are in contexts, each recorded in a file of its own. */
const contextsOf = (name: string): Map<number, Walk> | null => {
  const contexts = recordingNames().filter((other) => other.startsWith(`${name}@`));
  return contexts.length === 0 ? null : new Map(contexts.map((one) => [Number(one.split('@')[1]), recording(one)]));
};

/** The quarantine VLAN is the one with the fewest ports; a switch that lists none gets one that does not exist. */
function open(name: string): Switch {
  const walk = recording(name);
  const { model, bitOrder } = findModel(walk);
  const facts = { model: model ?? ('qbridge' as const), bitOrder, infrastructurePorts: [], quarantineVlan: 4094 };
  const { vlans, ports } = buildPortTable(walk, facts, null);
  const users = (vlan: number): number => ports.filter((port) => port.vlan === vlan).length;
  // 1002 to 1005 are Token Ring and FDDI on Cisco's switches.
  const usual = [...vlans]
    .filter((vlan) => vlan > 1 && !(vlan >= 1002 && vlan <= 1005))
    .sort((a, b) => users(a) - users(b) || b - a);
  const own = { ...facts, quarantineVlan: usual[0] ?? 4094 };
  return { walk, facts: own, table: buildPortTable(walk, own, contextsOf(name)) };
}

/** As enforcement would ask for the first device that is seen on a port; for a port without one, for some MAC. */
function moveOf({ facts }: Switch, port: SwitchPort): Move {
  const mac = port.macs?.[0]?.mac ?? '02:00:00:00:00:99';
  return { port: port.name, mac, from: port.vlan ?? 1, to: facts.quarantineVlan };
}

/** One line a switch: how it would be configured, how many ports could be moved, and why the others not. */
function verdictOf(one: Switch): string {
  const { model } = findModel(one.walk);
  const ports = one.table.ports.filter(
    ({ vlan, bridgePort, name }) => vlan !== null || bridgePort !== null || name === '',
  );
  const counts = new Map<string, number>();
  for (const port of ports.filter(({ vlan }) => vlan !== one.facts.quarantineVlan)) {
    const planned = planMove(one.table, moveOf(one, port), one.facts);
    const word = planned.ok ? `moved by ${planned.writes.length}` : planned.rule;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([word, count]) => `${count} ${word}`);
  const order = one.table.order.order;
  return `${model ?? 'no model'}, lists ${order}: ${words.join(', ') || 'no bridged port'}`;
}

/** The walk after the changes, each carried out exactly as it would be sent. */
function afterwards(
  variables: readonly Variable[],
  writes: readonly Write[],
  order: PortTableFacts['bitOrder'],
): Variable[] {
  const values = new Map(variables.map(({ oid, value }) => [oid, value]));
  for (const write of writes) {
    const oid = oidOf(write);
    const sent = valueOf(write, values.get(oid), order);
    if (!sent) throw new Error('no bit for this port');
    values.set(oid, sent.value);
  }
  return [...values].map(([oid, value]) => ({ oid, value }));
}

const WRITTEN = [oids.PVID, oids.VM_VLAN, oids.STATIC_EGRESS, oids.STATIC_UNTAGGED];
const written = (walk: Walk): Variable[] =>
  WRITTEN.flatMap((column) =>
    walk.column(column).map(({ index, value }) => ({ oid: [column, ...index].join('.'), value })),
  );

/** Each port's VLAN and memberships by the configured tables, told apart by code of the test's own. */
function portsOf(
  variables: readonly Variable[],
  table: PortTable,
  order: PortTableFacts['bitOrder'],
): Map<string, string> {
  const has = (list: Buffer, port: number): boolean => {
    const bits = [...list].map((octet) => octet.toString(2).padStart(8, '0')).join('');
    return (order === 'standard' ? bits[port - 1] : bits[bits.length - port]) === '1';
  };
  return new Map(
    table.ports.map(({ name, ifIndex, bridgePort }) => {
      const own = variables.flatMap(({ oid, value }) => {
        const column = WRITTEN.find((one) => oid.startsWith(`${one}.`))!;
        const index = Number(oid.slice(column.length + 1));
        if (column === oids.PVID) return index === bridgePort ? [`pvid ${String(value)}`] : [];
        if (column === oids.VM_VLAN) return index === ifIndex ? [`vmVlan ${String(value)}`] : [];
        return bridgePort !== null && has(asOctets(value), bridgePort)
          ? [`${column === oids.STATIC_EGRESS ? 'in' : 'untagged'} ${index}`]
          : [];
      });
      return [`${name} ${ifIndex}`, own.sort().join(', ')];
    }),
  );
}

const recorded = recordingsPresent ? describe : describe.skip;
const names = recordingNames().filter((name) => !name.includes('@'));

recorded('38 recordings of real switches (shared/data, if present)', () => {
  it('are all there, the two Cisco contexts among them', () => {
    expect(recordingNames()).toHaveLength(38);
    expect(recordingNames().filter((name) => name.includes('@'))).toHaveLength(2);
    expect(Object.keys(VERDICTS).sort()).toEqual(names);
  });

  it.each(names)('%s: what would be written, and what is refused, is as written down', (name) => {
    expect(verdictOf(open(name))).toBe(VERDICTS[name]);
  });

  it.each(names)('%s: never a port that is not the device’s', (name) => {
    const one = open(name);
    const { table, facts } = one;
    const before = written(one.walk);
    const untouched = portsOf(before, table, facts.bitOrder);
    for (const port of table.ports) {
      const planned = planMove(table, moveOf(one, port), facts);
      if (!planned.ok) continue;
      const found = portsOf(afterwards(before, planned.writes, facts.bitOrder), table, facts.bitOrder);
      const changed = [...found].filter(([key, text]) => untouched.get(key) !== text);
      expect(changed.map(([key]) => key)).toEqual([`${port.name} ${port.ifIndex}`]);
      const { quarantineVlan: to } = facts;
      const whole = {
        qbridge: `in ${to}, pvid ${to}, untagged ${to}`,
        'qbridge-pvid-only': `pvid ${to}`,
        'cisco-vmvlan': `vmVlan ${to}`,
      };
      expect(changed[0]![1]).toContain(whole[facts.model]);
      expect(planMove(table, { ...moveOf(one, port), mac: '02:00:00:00:00:98' }, facts).ok).toBe(false);
    }
  });

  const planAll = (one: Switch): Planned[] =>
    one.table.ports.map((port) => planMove(one.table, moveOf(one, port), one.facts));

  it('D-Link DES-3028: the mirrored port lists are found out, and standard order is refused', () => {
    const one = open('dlink-des3038');
    expect(one.table.order.order).toBe('mirrored');
    expect(planAll(one).some(({ ok }) => ok)).toBe(true);
    const wrong = { ...one.facts, bitOrder: 'standard' as const };
    const table = buildPortTable(one.walk, wrong);
    const rules = table.ports
      .filter(({ vlan }) => vlan !== null)
      .map((port) => planMove(table, moveOf(one, port), wrong));
    expect(new Set(rules.map((planned) => (planned.ok ? 'moved' : planned.rule)))).toEqual(
      new Set(['other-bit-order']),
    );
  });

  it('Brocade ICX: port lists that fit no order are never written', () => {
    const one = open('brocade-icx6430-24');
    expect(one.table.order.order).toBe('neither');
    expect(planAll(one).filter(({ ok }) => ok)).toEqual([]);
  });

  it('Comware 7: with empty lists only the PVID is set, as `qbridge` nothing', () => {
    const one = open('h3c-comware-7-1-075');
    expect(one.facts.model).toBe('qbridge-pvid-only');
    const strict = { ...one.facts, model: 'qbridge' as const };
    const rules = one.table.ports.map((port) => planMove(one.table, moveOf(one, port), strict));
    expect(rules.filter(({ ok }) => ok)).toEqual([]);
    expect(rules).toContainEqual(expect.objectContaining({ rule: 'no-lists' }));
  });

  it.each(['boss_ers4950', 'voss_8404c', 'dlink-des3038', 'procurve_2520'])(
    'filtering entries of port 0, and of ports that are no bridge ports, are no devices: %s',
    (name) => {
      const { walk, table } = open(name);
      const bridged = new Set(walk.byIndex(oids.BASE_PORT_IF_INDEX).keys());
      const rows = walk.column(oids.Q_FDB_PORT);
      const others = rows.filter(({ value }) => value === 0 || !bridged.has(value as number));
      expect(others.length).toBeGreaterThan(0);
      const shown = table.ports.flatMap(({ macs }) => macs ?? []).length;
      expect(shown).toBeLessThanOrEqual(rows.length - others.length);
    },
  );

  it('Huawei S5720: without a table of VLANs nobody sees that the quarantine VLAN exists, so nothing is written', () => {
    const one = open('huawei-s5720');
    expect(one.walk.column(oids.STATIC_UNTAGGED)).toEqual([]);
    expect(one.table.vlans.size).toBe(0);
    expect(planAll(one).filter(({ ok }) => ok)).toEqual([]);
    expect(one.table.ports.find(({ bridgePort }) => bridgePort === 1)?.ifIndex).toBe(6);
  });

  it.each(['cisco-c3560', 'ios_c3560', 'ios_2960x'])(
    'Cisco IOS without Q-BRIDGE: vmVlan by ifIndex, and nothing while no context shows the devices: %s',
    (name) => {
      const one = open(name);
      expect(one.facts.model).toBe('cisco-vmvlan');
      expect(one.walk.column(oids.PVID)).toEqual([]);
      const bridged = one.table.ports.filter(({ vlan }) => vlan !== null);
      expect(bridged.length).toBeGreaterThan(0);
      expect(bridged.every(({ macs }) => macs === null)).toBe(true);
      expect(planAll(one).filter(({ ok }) => ok)).toEqual([]);
    },
  );
});
