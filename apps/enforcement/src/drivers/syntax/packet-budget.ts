import { DriverError } from '#driver';

/** An attribute of a RADIUS packet by its name in FreeRADIUS's dictionaries. */
export interface RadiusAttribute {
  name: string;
  /** Text, or a number for the integer types. */
  value: string | number;
}

const PACKET_OCTETS = 4096;
/**
 * The header (20), and what a server adds to an Access-Accept of its own: EAP-Message, Message-Authenticator, the two
 * MS-MPPE keys, User-Name, Class, Session-Timeout and Proxy-State.
 */
const OTHERS_OCTETS = 640;
/** Type and length; a vendor's attribute has its vendor number, type and length besides. */
const HEAD_OCTETS = { standard: 2, vendor: 8 } as const;
const LONGEST_VALUE = { standard: 253, vendor: 247 } as const;
const VENDORS = /^(Cisco|Aruba|HP|Juniper|H3C|Extreme|Fortinet|Huawei|MS)-/;

/** Octets of these attributes in a packet (RFC 2865 5, 5.26). */
export function octetsOf(attributes: readonly RadiusAttribute[]): number {
  return attributes.reduce((sum, { name, value }) => sum + HEAD_OCTETS[spaceOf(name)] + valueOctets(value), 0);
}

/** Throws `too-many-entries` if they do not fit into an Access-Accept beside what the server adds. */
export function checkPacket(attributes: readonly RadiusAttribute[]): void {
  const tooLong = attributes.find(({ name, value }) => valueOctets(value) > LONGEST_VALUE[spaceOf(name)]);
  if (tooLong) throw new DriverError('too-many-entries', `a ${tooLong.name} of ${valueOctets(tooLong.value)} octets`);
  const [octets, most] = [octetsOf(attributes), PACKET_OCTETS - OTHERS_OCTETS];
  if (octets > most) {
    const count = `${attributes.length} attributes of ${octets} octets, ${most} at most in one RADIUS packet`;
    throw new DriverError('too-many-entries', count);
  }
}

function spaceOf(name: string): 'standard' | 'vendor' {
  return VENDORS.test(name) ? 'vendor' : 'standard';
}

function valueOctets(value: string | number): number {
  return typeof value === 'number' ? 4 : Buffer.byteLength(value);
}
