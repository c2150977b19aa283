import { Buffer } from 'node:buffer';

/** A RADIUS attribute as it stands in a packet: its number and its value, at most 253 octets (RFC 2865 section 5). */
export interface Attribute {
  type: number;
  value: Buffer;
}

/** One attribute of a vendor, within a Vendor-Specific attribute (RFC 2865 section 5.26). */
export interface VendorAttribute {
  vendor: number;
  type: number;
  value: Buffer;
}

export const MAX_VALUE = 253;
/** Vendor number, and the vendor's own type and length, go off. */
export const MAX_VENDOR_VALUE = MAX_VALUE - 6;
const VENDOR_SPECIFIC = 26;

/**
 * ```
 * attribute = type:u8 length:u8 value:octet{length - 2}
 * ```
 */
export function encodeAttributes(attributes: readonly Attribute[]): Buffer {
  const out = Buffer.alloc(attributes.reduce((sum, { value }) => sum + 2 + value.length, 0));
  let at = 0;
  for (const { type, value } of attributes) {
    if (value.length > MAX_VALUE)
      throw new RangeError(`attribute ${type} has ${value.length} octets, ${MAX_VALUE} fit`);
    out[at] = type;
    out[at + 1] = value.length + 2;
    value.copy(out, at + 2);
    at += 2 + value.length;
  }
  return out;
}

/** null: lengths that do not fit. Values are views of the packet. */
export function decodeAttributes(octets: Buffer): Attribute[] | null {
  const attributes: Attribute[] = [];
  for (let at = 0; at < octets.length;) {
    const length = octets[at + 1];
    if (length === undefined || length < 2 || at + length > octets.length) return null;
    attributes.push({ type: octets[at]!, value: octets.subarray(at + 2, at + length) });
    at += length;
  }
  return attributes;
}

/**
 * ```
 * value = vendor:u32 type:u8 length:u8 value:octet{length - 2}
 * ```
 */
export function vendorSpecific({ vendor, type, value }: VendorAttribute): Attribute {
  if (value.length > MAX_VENDOR_VALUE) {
    throw new RangeError(`attribute ${vendor}/${type} has ${value.length} octets, ${MAX_VENDOR_VALUE} fit`);
  }
  const head = Buffer.alloc(6);
  head.writeUInt32BE(vendor);
  head[4] = type;
  head[5] = value.length + 2;
  return { type: VENDOR_SPECIFIC, value: Buffer.concat([head, value]) };
}

/** The vendors' attributes of a packet. One attribute may hold several; what does not have the usual form is left out. */
export function vendorAttributes(attributes: readonly Attribute[]): VendorAttribute[] {
  return attributes.flatMap(({ type, value }) => {
    if (type !== VENDOR_SPECIFIC || value.length < 4) return [];
    const vendor = value.readUInt32BE();
    const inner = decodeAttributes(value.subarray(4)) ?? [];
    return inner.map((one) => ({ vendor, ...one }));
  });
}
