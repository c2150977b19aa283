/** Builds NetFlow datagrams for tests, octet by octet, independently of the decoders. */
export const u8 = (value: number): number[] => [value & 0xff];
export const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

export const EXPORTED_AT = 1_700_000_000;
export const UPTIME = 1_000_000;

export function aV9Datagram(
  sets: readonly (readonly number[])[],
  { sequence = 1, source = 10, uptime = UPTIME } = {},
): Uint8Array {
  const header = [
    ...u16(9),
    ...u16(sets.length),
    ...u32(uptime),
    ...u32(EXPORTED_AT),
    ...u32(sequence),
    ...u32(source),
  ];
  return Uint8Array.from([...header, ...sets.flat()]);
}

export function templateSet(id: number, fields: readonly (readonly [type: number, length: number])[]): number[] {
  const body = [
    ...u16(id),
    ...u16(fields.length),
    ...fields.flatMap(([type, length]) => [...u16(type), ...u16(length)]),
  ];
  return set(0, body);
}

export function optionsTemplateSet(
  id: number,
  scope: readonly (readonly [type: number, length: number])[],
  fields: readonly (readonly [type: number, length: number])[],
): number[] {
  const words = [...scope, ...fields].flatMap(([type, length]) => [...u16(type), ...u16(length)]);
  return set(1, [...u16(id), ...u16(scope.length * 4), ...u16(fields.length * 4), ...words]);
}

export function dataSet(id: number, body: readonly number[]): number[] {
  return set(id, body);
}

/** Filled up to four octets (RFC 3954 section 5.2). */
function set(id: number, body: readonly number[]): number[] {
  const padding = new Array<number>((4 - (body.length % 4)) % 4).fill(0);
  return [...u16(id), ...u16(4 + body.length + padding.length), ...body, ...padding];
}

export interface V5Record {
  source: readonly number[];
  destination: readonly number[];
  input: number;
  output: number;
  packets: number;
  octets: number;
  first: number;
  last: number;
  sourcePort: number;
  destinationPort: number;
  flags: number;
  protocol: number;
}

export function aV5Datagram(
  records: readonly V5Record[],
  { sequence = 1, sampling = 0, uptime = UPTIME } = {},
): Uint8Array {
  const header = [...u16(5), ...u16(records.length), ...u32(uptime), ...u32(EXPORTED_AT), ...u32(250_000_000)];
  return Uint8Array.from([...header, ...u32(sequence), 1, 2, ...u16(sampling), ...records.flatMap(v5Record)]);
}

function v5Record(one: V5Record): number[] {
  const sides = [...one.source, ...one.destination, 0, 0, 0, 0, ...u16(one.input), ...u16(one.output)];
  const counts = [...u32(one.packets), ...u32(one.octets), ...u32(one.first), ...u32(one.last)];
  const ports = [...u16(one.sourcePort), ...u16(one.destinationPort), 0, one.flags, one.protocol, 0];
  return [...sides, ...counts, ...ports, 0, 0, 0, 0, 0, 0, 0, 0];
}
