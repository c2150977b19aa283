/** Builds IPFIX messages for tests, octet by octet, independently of the decoder. */
type Field = readonly [element: number, length: number, enterprise?: number];

const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

export function anIpfixMessage(
  sets: readonly (readonly number[])[],
  { domain = 10, sequence = 1, exportTime = 1_700_000_000 } = {},
): Uint8Array {
  const body = sets.flat();
  return Uint8Array.from([
    ...u16(10),
    ...u16(16 + body.length),
    ...u32(exportTime),
    ...u32(sequence),
    ...u32(domain),
    ...body,
  ]);
}

export function templateSet(id: number, fields: readonly Field[], padding: number[] = []): number[] {
  const body = [...u16(id), ...u16(fields.length), ...fields.flatMap(specifier), ...padding];
  return [...u16(2), ...u16(4 + body.length), ...body];
}

export function optionsTemplateSet(id: number, scopeFields: number, fields: readonly Field[]): number[] {
  const body = [...u16(id), ...u16(fields.length), ...u16(scopeFields), ...fields.flatMap(specifier)];
  return [...u16(3), ...u16(4 + body.length), ...body];
}

export function dataSet(id: number, body: readonly number[]): number[] {
  return [...u16(id), ...u16(4 + body.length), ...body];
}

function specifier([element, length, enterprise = 0]: Field): number[] {
  if (enterprise === 0) return [...u16(element), ...u16(length)];
  return [...u16(0x8000 | element), ...u16(length), ...u32(enterprise)];
}
