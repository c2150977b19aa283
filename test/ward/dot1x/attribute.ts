const HEADER_OCTETS = 20;

/**
 * The value of a RADIUS packet's first attribute of a type (RFC 2865 section 3 and 5):
 *
 *     packet    = code identifier length(2) authenticator(16) *attribute
 *     attribute = type length value       ; length counts all three
 */
export function attributeOf(packet: Buffer, type: number): Buffer | undefined {
  for (let at = HEADER_OCTETS; at + 2 <= packet.length;) {
    const length = packet[at + 1] ?? 0;
    if (length < 2 || at + length > packet.length) return undefined;
    if (packet[at] === type) return packet.subarray(at + 2, at + length);
    at += length;
  }
  return undefined;
}
