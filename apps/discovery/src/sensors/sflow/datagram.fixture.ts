import { readFileSync } from 'node:fs';

/** Builds sFlow datagrams for tests, word by word, independently of the decoder. */
const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

export function filledUp(octets: readonly number[]): number[] {
  return [...octets, ...new Array<number>((4 - (octets.length % 4)) % 4).fill(0)];
}

export function anSflowDatagram(
  samples: readonly (readonly number[])[],
  { sequence = 1, subAgent = 0, agent = [10, 9, 0, 1] } = {},
): Uint8Array {
  const header = [...u32(5), ...u32(1), ...agent, ...u32(subAgent), ...u32(sequence), ...u32(60_000)];
  return Uint8Array.from([...header, ...u32(samples.length), ...samples.flat()]);
}

export interface SampleWords {
  rate?: number;
  drops?: number;
  input?: number;
  output?: number;
  source?: number;
}

/** `words` of a sample before its records, in the compact form. */
export function aFlowSample(records: readonly (readonly number[])[], words: SampleWords = {}): number[] {
  const { rate = 1, drops = 0, input = 1, output = 2, source = 1 } = words;
  const counts = [...u32(1), ...u32(source), ...u32(rate), ...u32(rate), ...u32(drops), ...u32(input), ...u32(output)];
  return opaque(1, [...counts, ...u32(records.length), ...records.flat()]);
}

export function anExpandedSample(records: readonly (readonly number[])[], words: SampleWords = {}): number[] {
  const { rate = 1, drops = 0, input = 1, output = 2, source = 1 } = words;
  const source2 = [...u32(0), ...u32(source)];
  const ways = [...u32(0), ...u32(input), ...u32(0), ...u32(output)];
  const counts = [...u32(1), ...source2, ...u32(rate), ...u32(rate), ...u32(drops), ...ways];
  return opaque(3, [...counts, ...u32(records.length), ...records.flat()]);
}

export function aRawHeader(frame: readonly number[], { protocol = 1, length = frame.length } = {}): number[] {
  return opaque(1, [...u32(protocol), ...u32(length), ...u32(0), ...u32(frame.length), ...filledUp(frame)]);
}

export function opaque(type: number, body: readonly number[]): number[] {
  return [...u32(type), ...u32(body.length), ...filledUp(body)];
}

/** A TCP segment over IPv4 in Ethernet, tagged where a VLAN is given. */
export function aSegment({
  sourcePort = 40_001,
  destinationPort = 104,
  flags = 0x02,
  vlan = 0,
  fragment = 0,
} = {}): number[] {
  const tag = vlan === 0 ? [] : [0x81, 0x00, ...u16(vlan)];
  const ethernet = [0x08, 0, 6, 0x10, 0, 0x13, 0x08, 0, 6, 0x10, 0, 0x11, ...tag, 0x08, 0x00];
  const ip = [0x45, 0, 0, 40, 0, 1, ...u16(fragment), 64, 6, 0, 0, 10, 10, 0, 11, 10, 10, 0, 13];
  const tcp = [...u16(sourcePort), ...u16(destinationPort), ...u32(1), ...u32(1), 0x50, flags, 0, 0, 0, 0, 0, 0];
  return [...ethernet, ...ip, ...tcp];
}

/**
 * What Open vSwitch 3.1.0 sent as sFlow of twelve frames at three ports, unsampled, with counters every 2 s. Each datagram
 * stands behind its length in 32 bits.
 */
export function recordedSflow(): Uint8Array[] {
  const bytes = readFileSync(new URL('./testdata/open-vswitch-3.1.0.rec', import.meta.url));
  const datagrams: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) {
    datagrams.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
  }
  return datagrams;
}
