import * as oids from '../wire/oids.js';
import { withPort, type BitOrder } from '../wire/port-list.js';

/** A small access switch as snmpsim writes one down: OID|TAG|VALUE. */
export interface SeedPort {
  number: number;
  vlan: number;
  macs: string[];
  tagged?: number[];
}

export interface Seed {
  ports: SeedPort[];
  vlans: number[];
  order: BitOrder;
}

/** Octets of a port list: room for 24 ports. */
const LIST_OCTETS = 3;
/** Bridge ports and ifIndexes differ, as they do on real switches. */
const IF_INDEX = 100;

export const portName = (number: number): string => `1/${number}`;
export const ifIndexOf = (number: number): number => IF_INDEX + number;

export function qbridgeSeed({ ports, vlans, order }: Seed): string[] {
  const list = (has: (port: SeedPort) => boolean): string =>
    ports
      .filter(has)
      .reduce<Buffer>((octets, { number }) => withPort(octets, number, true, order)!, Buffer.alloc(LIST_OCTETS))
      .toString('hex');
  return [
    ...interfaces(ports),
    ...ports.map(({ number, vlan }) => `${oids.PVID}.${number}|66|${vlan}`),
    ...vlans.flatMap((vlan) => [
      `${oids.STATIC_NAME}.${vlan}|4|VLAN${vlan}`,
      `${oids.STATIC_EGRESS}.${vlan}|4x|${list((port) => port.vlan === vlan || (port.tagged ?? []).includes(vlan))}`,
      `${oids.STATIC_UNTAGGED}.${vlan}|4x|${list((port) => port.vlan === vlan)}`,
      `${oids.CURRENT_FDB_ID}.0.${vlan}|66|${vlan}`,
    ]),
    ...ports.flatMap(({ number, vlan, macs }) =>
      macs.flatMap((mac) => [
        `${oids.Q_FDB_PORT}.${vlan}.${decimal(mac)}|2|${number}`,
        `${oids.Q_FDB_STATUS}.${vlan}.${decimal(mac)}|2|3`,
      ]),
    ),
    // The switch itself, at port 0.
    `${oids.Q_FDB_PORT}.${vlans[0]}.0.0.0.0.0.1|2|0`,
    `${oids.Q_FDB_STATUS}.${vlans[0]}.0.0.0.0.0.1|2|4`,
  ];
}

/** A Cisco switch with the session table of its 802.1X: filtering tables are not there, they are in contexts. */
export function ciscoSeed(ports: SeedPort[], vlans: number[]): string[] {
  return [
    ...interfaces(ports),
    ...vlans.map((vlan) => `${oids.VTP_VLAN_STATE}.1.${vlan}|2|1`),
    ...ports.map(({ number, vlan }) => `${oids.VM_VLAN}.${ifIndexOf(number)}|2|${vlan}`),
    ...ports.flatMap(({ macs }) =>
      macs.flatMap((mac) => [
        `${oids.FDB_PORT}.${decimal(mac)}|2|${portOf(ports, mac)}`,
        `${oids.FDB_STATUS}.${decimal(mac)}|2|3`,
      ]),
    ),
  ];
}

export function cafSession(number: number, id: string, mac: string, vlan: number): string[] {
  const index = [ifIndexOf(number), ...Buffer.from(id, 'latin1')].join('.');
  const entry = '1.3.6.1.4.1.9.9.656.1.4.1.1';
  return [
    `${entry}.2.${index}|4x|${mac.replaceAll(':', '')}`,
    `${entry}.5.${index}|2|6`,
    `${entry}.12.${index}|4|Authentication Server`,
    `${entry}.14.${index}|2|${vlan}`,
    `${entry}.16.${index}|66|1800`,
    `${entry}.20.${index}|2|2`,
    `${entry}.21.${index}|2|2`,
  ];
}

function interfaces(ports: SeedPort[]): string[] {
  return ports.flatMap(({ number }) => {
    const ifIndex = ifIndexOf(number);
    return [
      `${oids.IF_DESCR}.${ifIndex}|4|Port ${number}`,
      `${oids.IF_TYPE}.${ifIndex}|2|6`,
      `${oids.IF_ADMIN_STATUS}.${ifIndex}|2|1`,
      `${oids.IF_OPER_STATUS}.${ifIndex}|2|1`,
      `${oids.IF_NAME}.${ifIndex}|4|${portName(number)}`,
      `${oids.BASE_PORT_IF_INDEX}.${number}|2|${ifIndex}`,
    ];
  });
}

function portOf(ports: SeedPort[], mac: string): number {
  return ports.find(({ macs }) => macs.includes(mac))!.number;
}

function decimal(mac: string): string {
  return mac
    .split(':')
    .map((pair) => parseInt(pair, 16))
    .join('.');
}
