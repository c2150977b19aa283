import type { PortTable } from './port-table.js';

export type BounceVerdict = { ok: true; ifIndex: number } | { ok: false; reason: string };

/** Whether a port's link may go down for one device: it must be there, alone, on a port that is nobody's uplink. */
export function mayBounce(table: PortTable, name: string, mac: string): BounceVerdict {
  const found = table.ports.filter((port) => port.name === name);
  const [port] = found;
  if (!port || found.length > 1) return { ok: false, reason: `the switch has ${found.length} ports called ${name}` };
  if (port.infrastructure) return { ok: false, reason: `port ${name} is infrastructure: ${port.infrastructure}` };
  if (port.macs === null) return { ok: false, reason: `the switch does not tell which devices are on port ${name}` };
  const macs = new Set(port.macs.map((one) => one.mac));
  if (!macs.has(mac)) return { ok: false, reason: `${mac} is not seen on port ${name} now: its link was not touched` };
  if (macs.size > 1) return { ok: false, reason: `${macs.size} devices share port ${name}: its link was not touched` };
  return { ok: true, ifIndex: port.ifIndex };
}
