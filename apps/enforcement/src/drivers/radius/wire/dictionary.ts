import { Buffer } from 'node:buffer';
import { isIPv4, isIPv6 } from 'node:net';
import { vendorSpecific, type Attribute } from './attribute.js';

/**
 * The attributes that we send or read, and nothing else. `kind` is the value's form: `tagged` ones have a tag octet
 * first, 0 for the only tunnel (RFC 2868 section 3.1; a tagged string of tag 0 is sent without one, which RFC 3580
 * section 3.31 asks for and every switch reads).
 */
export const ATTRIBUTES = {
  'User-Name': { vendor: null, type: 1, kind: 'string' },
  'NAS-IP-Address': { vendor: null, type: 4, kind: 'ipaddr' },
  'NAS-Port': { vendor: null, type: 5, kind: 'integer' },
  'Filter-Id': { vendor: null, type: 11, kind: 'string' },
  'Session-Timeout': { vendor: null, type: 27, kind: 'integer' },
  'Termination-Action': { vendor: null, type: 29, kind: 'integer' },
  'Calling-Station-Id': { vendor: null, type: 31, kind: 'string' },
  'NAS-Identifier': { vendor: null, type: 32, kind: 'string' },
  'Proxy-State': { vendor: null, type: 33, kind: 'octets' },
  'Acct-Session-Id': { vendor: null, type: 44, kind: 'string' },
  'Acct-Terminate-Cause': { vendor: null, type: 49, kind: 'integer' },
  'Event-Timestamp': { vendor: null, type: 55, kind: 'date' },
  'Tunnel-Type': { vendor: null, type: 64, kind: 'tagged-integer' },
  'Tunnel-Medium-Type': { vendor: null, type: 65, kind: 'tagged-integer' },
  'Message-Authenticator': { vendor: null, type: 80, kind: 'octets' },
  'Tunnel-Private-Group-Id': { vendor: null, type: 81, kind: 'tagged-string' },
  'NAS-Port-Id': { vendor: null, type: 87, kind: 'string' },
  'NAS-IPv6-Address': { vendor: null, type: 95, kind: 'ipv6addr' },
  'Error-Cause': { vendor: null, type: 101, kind: 'integer' },
  'Cisco-AVPair': { vendor: 9, type: 1, kind: 'string' },
  'HP-Port-Bounce-Host': { vendor: 11, type: 23, kind: 'integer' },
  'HP-User-Role': { vendor: 11, type: 25, kind: 'string' },
  'Huawei-Ext-Specific': { vendor: 2011, type: 238, kind: 'string' },
  'Juniper-AV-Pair': { vendor: 2636, type: 52, kind: 'string' },
  'Fortinet-Host-Port-AVPair': { vendor: 12356, type: 42, kind: 'string' },
  'Aruba-User-Role': { vendor: 14823, type: 1, kind: 'string' },
  'Aruba-Port-Bounce-Host': { vendor: 14823, type: 40, kind: 'integer' },
} as const satisfies Record<string, Definition>;

export interface Definition {
  /** IANA's number of the vendor; null: an attribute of the RFCs. */
  vendor: number | null;
  type: number;
  kind: 'string' | 'integer' | 'date' | 'ipaddr' | 'ipv6addr' | 'octets' | 'tagged-integer' | 'tagged-string';
}

export type AttributeName = keyof typeof ATTRIBUTES;

/** A named attribute with its value, as models and people write it. */
export type Named = readonly [name: AttributeName, value: string | number];

/** Throws a RangeError for a value that does not fit the attribute. */
export function encodeNamed([name, value]: Named): Attribute {
  const { vendor, type, kind } = ATTRIBUTES[name];
  const octets = valueOf(name, kind, value);
  return vendor === null ? { type, value: octets } : vendorSpecific({ vendor, type, value: octets });
}

/** The value of a packet's first attribute of this name; undefined: it has none. */
export function valueIn(attributes: readonly Attribute[], name: AttributeName): Buffer | undefined {
  return attributes.find(({ type }) => type === ATTRIBUTES[name].type)?.value;
}

function valueOf(name: AttributeName, kind: Definition['kind'], value: string | number): Buffer {
  switch (kind) {
    case 'string':
    case 'tagged-string':
      if (typeof value === 'string' && value.length > 0) return Buffer.from(value, 'utf8');
      break;
    case 'octets':
      if (typeof value === 'string') return Buffer.from(value, 'hex');
      break;
    case 'integer':
    case 'date':
      if (isUnsigned(value, 0xffff_ffff)) return unsigned(value);
      break;
    case 'tagged-integer':
      // The tag is the first of the four octets.
      if (isUnsigned(value, 0xff_ffff)) return unsigned(value);
      break;
    case 'ipaddr':
      if (typeof value === 'string' && isIPv4(value)) return Buffer.from(value.split('.').map(Number));
      break;
    case 'ipv6addr':
      if (typeof value === 'string' && isIPv6(value)) return ipv6(value);
      break;
  }
  throw new RangeError(`${name} can't be ${JSON.stringify(value)}`);
}

function isUnsigned(value: string | number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}

function unsigned(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}

/** RFC 4291 section 2.2, without an IPv4 part and without a zone. */
function ipv6(text: string): Buffer {
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const filled = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  const octets = Buffer.alloc(16);
  filled.forEach((group, index) => octets.writeUInt16BE(group, index * 2));
  return octets;
}
