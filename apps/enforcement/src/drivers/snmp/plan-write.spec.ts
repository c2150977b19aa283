import fc from 'fast-check';
import { planMove, planRestore, type Move, type Planned } from './plan-write.js';
import { buildPortTable, type PortTable, type PortTableFacts } from './port-table.js';
import { parseRecording } from './testing/recording.client.js';
import { portName, qbridgeSeed, ciscoSeed, ifIndexOf, type SeedPort } from './testing/seed.js';
import * as oids from './wire/oids.js';
import type { BitOrder } from './wire/port-list.js';
import { Walk } from './wire/walk.js';
import { oidOf, valueOf } from './wire/write.js';

const HOME = 10;
const QUARANTINE = 66;
const MAC = '08:00:06:10:00:11';
const OTHER_MAC = '08:00:06:10:00:99';
const vlans = [1, HOME, 20, QUARANTINE];
const facts: PortTableFacts = {
  model: 'qbridge',
  bitOrder: 'standard',
  quarantineVlan: QUARANTINE,
  infrastructurePorts: [],
};
const move: Move = { port: portName(3), mac: MAC, from: HOME, to: QUARANTINE };
const back: Move = { ...move, from: QUARANTINE, to: HOME };

const port = (number: number, more: Partial<SeedPort> = {}): SeedPort => ({ number, vlan: HOME, macs: [], ...more });
const others = [1, 2, 4, 5, 6].map((number) => port(number));

function tableOf(subject: Partial<SeedPort>, extra: string[] = [], own: Partial<PortTableFacts> = {}): PortTable {
  const ports = [...others, port(3, { macs: [MAC], ...subject })];
  const seed = qbridgeSeed({ ports, vlans, order: own.bitOrder ?? 'standard' });
  return buildPortTable(walkOf([...seed, ...extra]), { ...facts, ...own });
}

const walkOf = (lines: string[]): Walk => new Walk(parseRecording(lines.join('\n')));
const ruleOf = (planned: Planned): string => (planned.ok ? 'moved' : planned.rule);

describe('a move into the quarantine VLAN', () => {
  it('is five changes of one object each: the new VLAN is entered before the old one is left', () => {
    const planned = planMove(tableOf({}), move, facts);
    expect(planned.ok && planned.writes).toEqual([
      { kind: 'member', list: 'egress', vlan: QUARANTINE, bridgePort: 3, isIn: true },
      { kind: 'member', list: 'untagged', vlan: QUARANTINE, bridgePort: 3, isIn: true },
      { kind: 'pvid', bridgePort: 3, vlan: QUARANTINE },
      { kind: 'member', list: 'untagged', vlan: HOME, bridgePort: 3, isIn: false },
      { kind: 'member', list: 'egress', vlan: HOME, bridgePort: 3, isIn: false },
    ]);
  });

  it('is the PVID alone, or vmVlan, where the model has no more', () => {
    const pvidOnly = { ...facts, model: 'qbridge-pvid-only' as const };
    const planned = planMove(tableOf({}, [], pvidOnly), move, pvidOnly);
    expect(planned.ok && planned.writes).toEqual([{ kind: 'pvid', bridgePort: 3, vlan: QUARANTINE }]);
    const cisco = { ...facts, model: 'cisco-vmvlan' as const };
    const walk = walkOf(ciscoSeed([port(3, { macs: [MAC] })], vlans));
    const table = buildPortTable(walk, cisco, new Map([[HOME, walk]]));
    expect(planMove(table, move, cisco)).toMatchObject({
      ok: true,
      writes: [{ kind: 'vm-vlan', ifIndex: ifIndexOf(3), vlan: QUARANTINE }],
    });
  });

  it('F8 is refused where another device is on the port by now', () => {
    const planned = planMove(tableOf({ macs: [OTHER_MAC] }), move, facts);
    expect(planned).toMatchObject({ ok: false, rule: 'another-device', code: 'refused' });
    expect(planned.ok || planned.reason).toContain(OTHER_MAC);
  });

  it('F9 is refused where several devices share the port, and names them', () => {
    const planned = planMove(tableOf({ macs: [MAC, OTHER_MAC] }), move, facts);
    expect(planned).toMatchObject({ ok: false, rule: 'several-devices' });
    expect(planned.ok || planned.reason).toContain(OTHER_MAC);
  });

  it('F9 is refused where a telephone is on the port', () => {
    const lldp = [`${oids.LLDP_REMOTE_CAPABILITIES}.0.3.1|4x|24`, `${oids.LLDP_REMOTE_NAME}.0.3.1|4|phone`];
    expect(planMove(tableOf({}, lldp), move, facts)).toMatchObject({ rule: 'infrastructure' });
  });

  it('F12 is refused for a silent device: nobody sees that it is there', () => {
    expect(planMove(tableOf({ macs: [] }), move, facts)).toMatchObject({ ok: false, rule: 'silent' });
  });

  it('F14 is refused where the quarantine VLAN does not exist on the switch', () => {
    expect(planMove(tableOf({}), { ...move, to: 77 }, facts)).toMatchObject({ ok: false, rule: 'no-such-vlan' });
  });

  it('is refused, as changed by others, where the port is in a third VLAN', () => {
    expect(planMove(tableOf({ vlan: 20 }), move, facts)).toMatchObject({
      rule: 'other-vlan',
      code: 'changed-by-others',
    });
  });

  it.each([
    ['tagged VLANs', { tagged: [20] }, []],
    ['the quarantine VLAN tagged, which only looks like a move half-way', { tagged: [QUARANTINE] }, []],
    ['a switch as LLDP neighbour', {}, [`${oids.LLDP_REMOTE_CAPABILITIES}.0.3.1|4x|20`]],
    ['a switch as CDP neighbour', {}, [`${oids.CDP_CAPABILITIES}.${ifIndexOf(3)}.1|4x|00000028`]],
    ['the root of spanning tree', {}, [`${oids.STP_ROOT_PORT}|2|3`]],
    ['an aggregate', {}, [`${oids.LAG_ATTACHED}.${ifIndexOf(3)}|2|900`]],
    [
      'devices of another VLAN',
      {},
      [`${oids.Q_FDB_PORT}.20.2.0.0.0.0.9|2|3`, `${oids.Q_FDB_STATUS}.20.2.0.0.0.0.9|2|3`],
    ],
    ['no socket', {}, [`${oids.IF_TYPE}.${ifIndexOf(3)}|2|53`]],
    ['a hybrid port of Comware', {}, [`${oids.COMWARE_VLAN_TYPE}.${ifIndexOf(3)}|2|3`]],
    ['a trunk of Huawei', {}, [`${oids.HUAWEI_L2_IF_INDEX}.7|2|${ifIndexOf(3)}`, `${oids.HUAWEI_L2_TYPE}.7|2|1`]],
  ])('is refused for infrastructure: %s', (_, subject, extra) => {
    expect(ruleOf(planMove(tableOf(subject, extra), move, facts))).toBe('infrastructure');
  });

  it('is refused where the configuration names the port, or 802.1X controls it', () => {
    const named = { ...facts, infrastructurePorts: [portName(3)] };
    expect(ruleOf(planMove(tableOf({}, [], named), move, named))).toBe('infrastructure');
    const dot1x = [`${oids.DOT1X_ENABLED}|2|1`, `${oids.DOT1X_PORT_CONTROL}.${ifIndexOf(3)}|2|2`];
    expect(ruleOf(planMove(tableOf({}, dot1x), move, facts))).toBe('authenticated');
  });

  it('is refused for a port that has two, or no, namesakes', () => {
    expect(ruleOf(planMove(tableOf({}), { ...move, port: 'nowhere' }, facts))).toBe('unknown-port');
    const twice = tableOf({}, [`${oids.IF_NAME}.999|4|${portName(3)}`]);
    expect(ruleOf(planMove(twice, move, facts))).toBe('unknown-port');
  });

  it('goes on where it was left half-way, if we know that it was us', () => {
    const begun = { ...facts, begun: new Set([portName(3)]) };
    const planned = planMove(tableOf({ tagged: [QUARANTINE] }, [], begun), move, begun);
    expect(planned.ok && planned.writes.map(({ kind }) => kind)).toEqual(['member', 'pvid', 'member', 'member']);
  });
});

describe('a way back', () => {
  it('F22 undoes each change of the move, for any port, order and pair of VLANs', () => {
    const orders = fc.constantFrom<BitOrder>('standard', 'mirrored');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), orders, (number, bitOrder) => {
        const own = { ...facts, bitOrder, begun: new Set([portName(number)]) };
        const ports = [...others.filter((one) => one.number !== number), port(number, { macs: [MAC] })];
        const seed = parseRecording(qbridgeSeed({ ports, vlans, order: bitOrder }).join('\n'));
        const values = new Map(seed.map(({ oid, value }) => [oid, value]));
        const table = (): PortTable =>
          buildPortTable(new Walk([...values].map(([oid, value]) => ({ oid, value }))), own);
        const carryOut = (planned: Planned): void => {
          if (!planned.ok) throw new Error(planned.reason);
          for (const write of planned.writes)
            values.set(oidOf(write), valueOf(write, values.get(oidOf(write)), bitOrder)!.value);
        };
        const before = JSON.stringify([...values]);
        carryOut(planMove(table(), { ...move, port: portName(number) }, own));
        if (JSON.stringify([...values]) === before) return false;
        carryOut(planRestore(table(), { ...back, port: portName(number) }, own));
        return JSON.stringify([...values]) === before;
      }),
      { numRuns: 40 },
    );
  });

  it('F7 a port that the device has left is put back, since nobody is on it', () => {
    const planned = planRestore(tableOf({ vlan: QUARANTINE, macs: [] }), back, facts);
    expect(planned.ok && planned.writes).toHaveLength(5);
  });

  it('F8 a port that has another device by now is left alone, and said so', () => {
    const planned = planRestore(tableOf({ vlan: QUARANTINE, macs: [OTHER_MAC] }), back, facts);
    expect(planned).toMatchObject({ ok: false, code: 'changed-by-others' });
  });

  it('F23 a port that somebody has given another VLAN since keeps it', () => {
    expect(planRestore(tableOf({ vlan: 20 }), back, facts)).toMatchObject({ ok: true, writes: [] });
  });

  it('is nothing where the port is back already', () => {
    expect(planRestore(tableOf({}), back, facts)).toMatchObject({ ok: true, writes: [] });
  });
});
