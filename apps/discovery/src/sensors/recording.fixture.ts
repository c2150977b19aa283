import { readFileSync } from 'node:fs';

/** One thing that a sensor of the recorded ward said, and when its listener got it. */
export interface Recorded {
  by: 'ipfix' | 'dnsmasq';
  receivedAt: number;
  exporterPort: number;
  bytes: Buffer;
}

/**
 * A small ward's telemetry of 14 seconds, as it came: an MRI (10.10.0.11 at wl-mri) that is refused by the gateway,
 * meets silence, talks to CT and archive, looks names up, is quarantined by lines of our kind, is freed, and is then
 * impersonated by a clone at another port. Each entry: length(32) receivedAt in ms(64) exporter's port(16), 0 for what
 * dnsmasq wrote to its query log, then the bytes.
 */
export function recording(): Recorded[] {
  const all = readFileSync(new URL('./ipfix/testdata/open-vswitch-3.1.0.rec', import.meta.url));
  const entries: Recorded[] = [];
  for (let at = 0; at < all.length;) {
    const length = all.readUInt32BE(at);
    const exporterPort = all.readUInt16BE(at + 12);
    const receivedAt = Number(all.readBigUInt64BE(at + 4));
    const bytes = all.subarray(at + 14, at + 14 + length);
    entries.push({ by: exporterPort === 0 ? 'dnsmasq' : 'ipfix', receivedAt, exporterPort, bytes });
    at += 14 + length;
  }
  return entries;
}

export function recordedBy(sensor: Recorded['by']): Recorded[] {
  return recording().filter(({ by }) => by === sensor);
}
