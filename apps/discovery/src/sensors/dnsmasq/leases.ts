import ipaddr from 'ipaddr.js';
import { addressText } from './query-line.js';

export interface Lease {
  mac: string;
  address: string;
  /** Milliseconds since 1970; null for a lease without end. */
  expiresAt: number | null;
}

/**
 * dnsmasq's lease file (dnsmasq(8), src/lease.c): one line a lease, rewritten whole at each change.
 *
 *     lease = expiry " " [hwType "-"] mac " " address " " hostname " " clientId     expiry in seconds, 0: never
 *
 * Leases of DHCPv6 follow a line `duid …`; they name no MAC and are left out. Lines that can't be read are counted.
 */
export function parseLeases(text: string): { leases: Lease[]; refused: number } {
  const leases: Lease[] = [];
  let refused = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (line.startsWith('duid ')) break;
    const lease = parseLease(line);
    if (lease) leases.push(lease);
    else refused += 1;
  }
  return { leases, refused };
}

function parseLease(line: string): Lease | undefined {
  const [expiry = '', hardware = '', address = ''] = line.split(' ');
  const mac = /^(?:[0-9a-f]{2}-)?((?:[0-9a-f]{2}:){5}[0-9a-f]{2})$/i.exec(hardware)?.[1];
  if (!/^\d{1,12}$/.test(expiry) || mac === undefined || !ipaddr.isValid(address)) return undefined;
  const seconds = Number(expiry);
  return { mac: mac.toLowerCase(), address: addressText(address), expiresAt: seconds === 0 ? null : seconds * 1000 };
}
