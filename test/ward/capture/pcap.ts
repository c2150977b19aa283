/**
 * Reads capture files (libpcap format 2.4, Ethernet) as far as the ward's witnesses need: who sent what kind of packet
 * to whom, and when. Grammar: file header of 24 bytes, then for each packet 16 bytes (seconds, fraction, kept, length)
 * and the kept bytes. https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html
 */

export interface Packet {
  /** Milliseconds since 1970, with fraction. */
  time: number;
  sourceMac: string;
  destinationMac: string;
  etherType: number;
  protocol: 'arp' | 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'other';
  /** Addresses; of ARP the sender's and the target's. */
  source?: string;
  destination?: string;
  sourcePort?: number;
  destinationPort?: number;
  /** TCP flags, one letter each: S, A, R, F, P. */
  flags?: string;
  /** ICMP or ICMPv6 type; for ARP 1 request, 2 reply. */
  type?: number;
}

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const ETHERNET = 1;

/** All complete packets of a file; a last one that is still being written is left out. */
export function readPcap(file: Buffer): Packet[] {
  if (file.length < 24) return [];
  const little = file.readUInt32LE(0) === MICROSECONDS || file.readUInt32LE(0) === NANOSECONDS;
  const word = (at: number): number => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const magic = word(0);
  if (magic !== MICROSECONDS && magic !== NANOSECONDS) throw new Error('not a capture file');
  if ((word(20) & 0xffff) !== ETHERNET) throw new Error('not a capture of Ethernet');
  const perMs = magic === NANOSECONDS ? 1e6 : 1e3;
  const packets: Packet[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const kept = word(at + 8);
    if (at + 16 + kept > file.length) break;
    const frame = file.subarray(at + 16, at + 16 + kept);
    if (frame.length >= 14) packets.push(readFrame(word(at) * 1000 + word(at + 4) / perMs, frame));
    at += 16 + kept;
  }
  return packets;
}

/** @param time milliseconds since 1970 */
export function readFrame(time: number, frame: Buffer): Packet {
  let at = 12;
  if (frame.readUInt16BE(at) === 0x8100 && frame.length >= 18) at += 4;
  const etherType = frame.readUInt16BE(at);
  const head = { time, sourceMac: mac(frame, 6), destinationMac: mac(frame, 0), etherType };
  const body = frame.subarray(at + 2);
  if (etherType === 0x0806 && body.length >= 28)
    return {
      ...head,
      protocol: 'arp',
      type: body.readUInt16BE(6),
      source: ipv4(body, 14),
      destination: ipv4(body, 24),
    };
  if (etherType === 0x0800 && body.length >= 20) {
    const length = ((body[0] ?? 0) & 15) * 4;
    const first = (body.readUInt16BE(6) & 0x1fff) === 0;
    const addresses = { source: ipv4(body, 12), destination: ipv4(body, 16) };
    return { ...head, ...addresses, ...transport(body[9] ?? 0, first ? body.subarray(length) : Buffer.alloc(0)) };
  }
  // Extension headers are not followed: the ward sends none but in multicast listener reports.
  if (etherType === 0x86dd && body.length >= 40)
    return {
      ...head,
      source: ipv6(body, 8),
      destination: ipv6(body, 24),
      ...transport(body[6] ?? 0, body.subarray(40)),
    };
  return { ...head, protocol: 'other' };
}

function transport(
  number: number,
  body: Buffer,
): Pick<Packet, 'protocol' | 'sourcePort' | 'destinationPort' | 'flags' | 'type'> {
  const ports = body.length >= 4 ? { sourcePort: body.readUInt16BE(0), destinationPort: body.readUInt16BE(2) } : {};
  switch (number) {
    case 6:
      return { protocol: 'tcp', ...ports, ...(body.length >= 14 ? { flags: flags(body[13] ?? 0) } : {}) };
    case 17:
      return { protocol: 'udp', ...ports };
    case 1:
      return { protocol: 'icmp', ...(body.length ? { type: body[0] ?? 0 } : {}) };
    case 58:
      return { protocol: 'icmpv6', ...(body.length ? { type: body[0] ?? 0 } : {}) };
    default:
      return { protocol: 'other' };
  }
}

function flags(bits: number): string {
  const letters: [number, string][] = [
    [2, 'S'],
    [16, 'A'],
    [4, 'R'],
    [1, 'F'],
    [8, 'P'],
  ];
  return letters.map(([bit, letter]) => (bits & bit ? letter : '')).join('');
}

function mac(frame: Buffer, at: number): string {
  return [...frame.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function ipv4(body: Buffer, at: number): string {
  return body.subarray(at, at + 4).join('.');
}

/** RFC 5952: the longest run of two or more zero groups becomes `::`. */
function ipv6(body: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => body.readUInt16BE(at + 2 * index).toString(16));
  const runs = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  const text = groups.join(':');
  if (!longest) return text;
  return `${text.slice(0, longest.index)}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`;
}
