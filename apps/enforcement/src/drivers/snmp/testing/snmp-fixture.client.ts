import type { Driver, PointIsolation } from '#driver';
import type { DriverFixture } from '#driver/conformance';
import { snmpPointSchema, type SnmpConnection, type SnmpPoint } from '../config.js';
import { SnmpDriver } from '../snmp.driver.js';
import * as oids from '../wire/oids.js';
import type { BitOrder } from '../wire/port-list.js';
import { ifIndexOf, portName } from './seed.js';
import { AUTH_KEY, COMMUNITY, PRIV_KEY, type Snmpd } from './snmpd.client.js';
import { UdpRelay } from './udp-relay.client.js';

export const HOME = 10;
export const QUARANTINE = 66;
export const OTHER = 20;
export const SUBJECT = { number: 3, mac: '08:00:06:10:00:11' };
export const SIBLING = { number: 4, mac: '08:00:06:10:00:12' };

export interface FixtureKind {
  model: SnmpPoint['model'];
  order: BitOrder;
  seed: readonly string[];
  connection(snmpd: Snmpd, port: number): SnmpConnection;
}

export function isolationOf({ number, mac }: typeof SUBJECT): PointIsolation {
  return {
    deviceNumber: number,
    quarantineId: '0190b5a0-0000-7000-8000-00000000000' + number,
    generation: 1,
    mac,
    address: `10.10.0.${number}`,
    switch: 'sw-1',
    port: portName(number),
    mode: 'vlan-bridged',
    quarantineVlan: QUARANTINE,
    homeVlan: HOME,
    alone: true,
    permits: [
      { flowId: 'store', peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device', nextHop: null },
    ],
  };
}

export function pointOf(kind: FixtureKind, snmpd: Snmpd, port = snmpd.port): SnmpPoint {
  return snmpPointSchema.parse({
    kind: 'snmp',
    id: 'sw-1',
    connection: kind.connection(snmpd, port),
    model: kind.model,
    bitOrder: kind.order,
    quarantineVlan: QUARANTINE,
    pollSeconds: 0.2,
    bounceMs: 50,
  });
}

/** The switch as it was seeded, behind a relay that can be cut. The same snmpd serves every case. */
export async function newFixture(snmpd: Snmpd, kind: FixtureKind): Promise<DriverFixture> {
  await snmpd.mode('ok');
  await snmpd.hands('bridge', kind.seed);
  await snmpd.hands('vendor', kind.seed);
  await snmpd.walk('1.3.6.1.2.1.17.1.4');
  await snmpd.walk('1.3.6.1.4.1');
  await snmpd.forgetWrites();
  const relay = await UdpRelay.listen(snmpd.port);
  const drivers: Driver[] = [];
  return {
    newDriver: () => {
      const driver = new SnmpDriver(pointOf(kind, snmpd, relay.port));
      drivers.push(driver);
      return driver;
    },
    subject: isolationOf(SUBJECT),
    sibling: isolationOf(SIBLING),
    peer: {
      stateOf: async (mac) => JSON.stringify(await stateOf(snmpd, kind, numberOf(mac))),
      isIsolated: async (mac) => isIsolated(await stateOf(snmpd, kind, numberOf(mac))),
      writes: async () => (await snmpd.writes()).length,
      changeByHand: (mac) => changeByHand(snmpd, kind, numberOf(mac)),
      run: async (commands) => void (await snmpd.shell(commands)),
    },
    faults: {
      cut: async () => relay.cut(),
      heal: async () => {
        relay.heal();
        await snmpd.mode('ok');
      },
      loseAnswer: () => snmpd.mode('lose'),
      refuse: () => snmpd.mode('refuse'),
      ignore: () => snmpd.mode('ignore'),
    },
    secrets: [COMMUNITY, AUTH_KEY, PRIV_KEY],
    stop: async () => {
      await Promise.all(drivers.map((driver) => driver.close()));
      relay.close();
    },
  };
}

export interface PortState {
  vlan: number | undefined;
  /** VLANs whose lists have the port, as the switch's own tools show it. */
  egress: number[];
  untagged: number[];
}

/** What snmpbulkwalk shows of a port; its bits are taken apart here once more, not by the driver's code. */
export async function stateOf(snmpd: Snmpd, { model, order }: FixtureKind, number: number): Promise<PortState> {
  if (model === 'cisco-vmvlan') {
    const vlans = await snmpd.walk(oids.VM_VLAN);
    return { vlan: Number(vlans.get(`${oids.VM_VLAN}.${ifIndexOf(number)}`)), egress: [], untagged: [] };
  }
  const all = await snmpd.walk('1.3.6.1.2.1.17.7.1.4');
  const members = (column: string): number[] =>
    [...all].flatMap(([oid, hex]) => {
      if (!oid.startsWith(`${column}.`)) return [];
      const bits = [...hex].map((digit) => parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
      return (order === 'standard' ? bits[number - 1] : bits[bits.length - number]) === '1'
        ? [Number(oid.split('.').at(-1))]
        : [];
    });
  return {
    vlan: Number(all.get(`${oids.PVID}.${number}`)),
    egress: members(oids.STATIC_EGRESS),
    untagged: members(oids.STATIC_UNTAGGED),
  };
}

function isIsolated({ vlan, egress, untagged }: PortState): boolean {
  const only = (list: number[]): boolean => list.length === 0 || (list.length === 1 && list[0] === QUARANTINE);
  return vlan === QUARANTINE && only(egress) && only(untagged);
}

function numberOf(mac: string): number {
  return mac === SUBJECT.mac ? SUBJECT.number : SIBLING.number;
}

async function changeByHand(snmpd: Snmpd, { model, order }: FixtureKind, number: number): Promise<void> {
  if (model === 'cisco-vmvlan') return snmpd.hands('vendor', [`${oids.VM_VLAN}.${ifIndexOf(number)}|2|${OTHER}`]);
  const lines = [`${oids.PVID}.${number}|66|${OTHER}`];
  if (model === 'qbridge') {
    const all = await snmpd.walk('1.3.6.1.2.1.17.7.1.4.3.1');
    for (const column of [oids.STATIC_EGRESS, oids.STATIC_UNTAGGED]) {
      for (const vlan of [HOME, QUARANTINE, OTHER]) {
        const octets = Buffer.from(all.get(`${column}.${vlan}`)!, 'hex');
        const at = order === 'standard' ? number - 1 : octets.length * 8 - number;
        const bit = 0x80 >> (at % 8);
        octets[at >> 3] = vlan === OTHER ? octets[at >> 3]! | bit : octets[at >> 3]! & ~bit;
        lines.push(`${column}.${vlan}|4x|${octets.toString('hex')}`);
      }
    }
  }
  return snmpd.hands('bridge', lines);
}
