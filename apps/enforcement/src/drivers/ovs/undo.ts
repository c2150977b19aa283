import type { PointIsolation } from '#driver';
import type { OvsPoint } from './config.js';
import { ofDevice } from './wire/cookie.js';
import { OUR_KEYS } from './wire/port-row.js';

/**
 * The commands by which a person takes an isolation away with Open vSwitch's own tools: the port first, then its flows
 * (a device in the quarantine VLAN without permits has lost its images). `protected` goes to false, which is what it is
 * unless somebody set it before us; the first command shows what was there.
 */
export function undoCommands(point: OvsPoint, { port, mode, homeVlan, deviceNumber }: PointIsolation): string[] {
  const vsctl = `ovs-vsctl --db=${point.ovsdb}`;
  const unmark = `remove port ${port} external_ids ${OUR_KEYS.join(' ')}`;
  const moveBack = mode === 'vlan-bridged' ? `set port ${port} tag=${homeVlan} protected=false -- ` : '';
  return [
    `${vsctl} --if-exists get port ${port} external_ids:lazaret-prior`,
    `${vsctl} ${moveBack}${unmark}`,
    `ovs-ofctl -O OpenFlow14 del-flows ${point.openflow} cookie=${ofDevice(deviceNumber)}`,
  ];
}
