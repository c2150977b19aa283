import { type Buffer } from 'node:buffer';

/** One UDP datagram of a recording. */
export interface Datagram {
  source: string;
  destination: string;
  payload: Buffer;
}

/** The UDP datagrams of a libpcap file (little-endian, Ethernet, IPv4 without options): all that the recordings have. */
export function datagramsOf(file: Buffer): Datagram[] {
  const datagrams: Datagram[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const length = file.readUInt32LE(at + 8);
    const ip = file.subarray(at + 16 + 14, at + 16 + length);
    const udp = ip.subarray((ip[0]! & 15) * 4);
    const end = (from: number, port: number): string =>
      `${ip.subarray(from, from + 4).join('.')}:${udp.readUInt16BE(port)}`;
    const payload = udp.subarray(8, udp.readUInt16BE(4));
    datagrams.push({ source: end(12, 0), destination: end(16, 2), payload });
    at += 16 + length;
  }
  return datagrams;
}
