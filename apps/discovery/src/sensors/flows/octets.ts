import ipaddr from 'ipaddr.js';

/** An unsigned integer of one to eight octets: exporters may encode fewer than the type has (RFC 7011 section 6.2). */
export function unsigned(view: DataView, at: number, length: number): number {
  if (length === 4) return view.getUint32(at);
  if (length === 2) return view.getUint16(at);
  if (length === 1) return view.getUint8(at);
  if (length > 8) return 0;
  let value = 0;
  for (let index = 0; index < length; index += 1) value = value * 256 + view.getUint8(at + index);
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

export function macText(view: DataView, at: number): string {
  let text = HEX[view.getUint8(at)] ?? '';
  for (let index = 1; index < 6; index += 1) text += `:${HEX[view.getUint8(at + index)]}`;
  return text;
}

export function ipv4Text(view: DataView, at: number): string {
  return `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`;
}

/** RFC 5952. */
export function ipv6Text(view: DataView, at: number): string {
  const bytes = Array.from({ length: 16 }, (_, index) => view.getUint8(at + index));
  return new ipaddr.IPv6(bytes).toRFC5952String();
}

export function isZero(view: DataView, at: number, length: number): boolean {
  for (let index = 0; index < length; index += 1) if (view.getUint8(at + index) !== 0) return false;
  return true;
}

/** Milliseconds since 1970 of an NTP time stamp (RFC 5905: seconds since 1900, then the fraction). */
export function ntpMilliseconds(view: DataView, at: number): number {
  const seconds = view.getUint32(at) - 2_208_988_800;
  return seconds * 1000 + Math.round((view.getUint32(at + 4) / 2 ** 32) * 1000);
}
