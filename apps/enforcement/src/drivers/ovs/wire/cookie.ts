/**
 * A flow's cookie tells whose it is:
 *
 *     16 bits owner 0x4c5a ("LZ") | 32 bits device number | 16 bits generation modulo 65,536
 *
 * A delete always carries a mask: one without would take the switch's own NORMAL rule with it, and all traffic.
 */
const OWNER = 0x4c5an;
const OWNER_MASK = 0xffff_0000_0000_0000n;
const DEVICE_MASK = 0xffff_ffff_ffff_0000n;
const EXACT_MASK = 0xffff_ffff_ffff_ffffn;

export interface CookieOwner {
  deviceNumber: number;
  /** Modulo 65,536. */
  generation: number;
}

export function encodeCookie(deviceNumber: number, generation: number): bigint {
  return (OWNER << 48n) | (BigInt.asUintN(32, BigInt(deviceNumber)) << 16n) | BigInt.asUintN(16, BigInt(generation));
}

/** Null: not a cookie of ours. */
export function decodeCookie(cookie: bigint): CookieOwner | null {
  if (cookie >> 48n !== OWNER) return null;
  return { deviceNumber: Number((cookie >> 16n) & 0xffff_ffffn), generation: Number(cookie & 0xffffn) };
}

export function hex(value: bigint): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}

/** `cookie/mask` of everything of ours. */
export const ALL_OURS = `${hex(OWNER << 48n)}/${hex(OWNER_MASK)}`;

/** `cookie/mask` of one device number, all generations. */
export function ofDevice(deviceNumber: number): string {
  return `${hex(encodeCookie(deviceNumber, 0))}/${hex(DEVICE_MASK)}`;
}

/** `cookie/mask` of exactly this cookie. */
export function exactly(cookie: bigint): string {
  return `${hex(cookie)}/${hex(EXACT_MASK)}`;
}
