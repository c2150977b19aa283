/**
 * Which bit of a port list is port 1: the first (RFC 4363, PortList), or, as one vendor does it, the last of the whole
 * list.
 */
export type BitOrder = 'standard' | 'mirrored';

/** A list's octets are as many as the switch likes: ports beyond its end are not in it. */
export function hasPort(list: Buffer, port: number, order: BitOrder): boolean {
  const at = bitAt(list, port, order);
  return at >= 0 && at < list.length * 8 && (list[at >> 3]! & (0x80 >> (at & 7))) !== 0;
}

/** A copy with this port in or out, and every other bit as it was; null where a mirrored list has no bit for it. */
export function withPort(list: Buffer, port: number, isIn: boolean, order: BitOrder): Buffer | null {
  const at = bitAt(list, port, order);
  if (at < 0 || (order === 'mirrored' && at >= list.length * 8)) return null;
  const copy = Buffer.alloc(Math.max(list.length, isIn ? (at >> 3) + 1 : 0));
  list.copy(copy);
  if (at >> 3 >= copy.length) return copy;
  const bit = 0x80 >> (at & 7);
  copy[at >> 3] = isIn ? copy[at >> 3]! | bit : copy[at >> 3]! & ~bit;
  return copy;
}

export function isEmpty(list: Buffer): boolean {
  return list.every((octet) => octet === 0);
}

/** Whether two lists hold the same ports; zero octets at the end say nothing. */
export function sameList(one: Buffer, other: Buffer): boolean {
  const length = Math.max(one.length, other.length);
  return Buffer.concat([one], length).equals(Buffer.concat([other], length));
}

function bitAt(list: Buffer, port: number, order: BitOrder): number {
  return order === 'standard' ? port - 1 : list.length * 8 - port;
}
