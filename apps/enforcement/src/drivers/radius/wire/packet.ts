import { Buffer } from 'node:buffer';
import { decodeAttributes, encodeAttributes, type Attribute } from './attribute.js';

/** Packet codes of dynamic authorisation (RFC 5176 section 2.3). */
export const CODE = {
  disconnectRequest: 40,
  disconnectAck: 41,
  disconnectNak: 42,
  coaRequest: 43,
  coaAck: 44,
  coaNak: 45,
} as const;

export const HEADER = 20;
export const AUTHENTICATOR = 16;
/** RFC 2865 section 3. */
export const MAX_PACKET = 4096;

export interface Packet {
  code: number;
  identifier: number;
  /** 16 octets. */
  authenticator: Buffer;
  attributes: Attribute[];
}

/**
 * ```
 * packet = code:u8 identifier:u8 length:u16 authenticator:octet{16} attribute*
 * ```
 */
export function encodePacket({ code, identifier, authenticator, attributes }: Packet): Buffer {
  const body = encodeAttributes(attributes);
  const length = HEADER + body.length;
  if (length > MAX_PACKET) throw new RangeError(`a packet of ${length} octets, ${MAX_PACKET} fit`);
  const packet = Buffer.alloc(length);
  packet[0] = code;
  packet[1] = identifier;
  packet.writeUInt16BE(length, 2);
  authenticator.copy(packet, 4, 0, AUTHENTICATOR);
  body.copy(packet, HEADER);
  return packet;
}

/** Octets beyond the length field are padding (RFC 2865 section 3). null: no packet. Values are views of `datagram`. */
export function decodePacket(datagram: Buffer): Packet | null {
  const octets = packetOf(datagram);
  if (!octets) return null;
  const attributes = decodeAttributes(octets.subarray(HEADER));
  if (!attributes) return null;
  return { code: octets[0]!, identifier: octets[1]!, authenticator: octets.subarray(4, HEADER), attributes };
}

/** The packet within a datagram, without padding. null: its length does not fit. */
export function packetOf(datagram: Buffer): Buffer | null {
  if (datagram.length < HEADER) return null;
  const length = datagram.readUInt16BE(2);
  if (length < HEADER || length > MAX_PACKET || length > datagram.length) return null;
  return datagram.subarray(0, length);
}
