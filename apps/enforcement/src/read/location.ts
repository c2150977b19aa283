import type { PortReading } from '#driver';
import type { DeviceChanged, DeviceInterface } from '#events';

/** A device with its interfaces and where each is plugged in: what discovery published last. */
export type Location = DeviceChanged['data'];

/** An interface of any device that a permit may lead to, or that is behind the same port. */
export interface Neighbour {
  address: string | null;
  mac: string;
  pointId: string;
  port: string;
  vlan: number | null;
}

/** The interface of a device that has this MAC. */
export function interfaceOf(location: Location | null, mac: string): DeviceInterface | undefined {
  return location?.interfaces.find((one) => one.mac === mac);
}

/** The other MACs behind a port: what the point has learned, where it tells, and what discovery has placed there. */
export function othersBehind(
  port: Pick<PortReading, 'port' | 'macs'>,
  mac: string,
  switchId: string,
  neighbours: readonly Neighbour[],
): string[] {
  const placed = neighbours.filter((one) => one.pointId === switchId && one.port === port.port).map((one) => one.mac);
  return [...new Set([...(port.macs ?? []), ...placed])].filter((other) => other !== mac);
}
