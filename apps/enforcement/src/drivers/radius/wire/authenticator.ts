import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import { AUTHENTICATOR, HEADER } from './packet.js';

const ZERO = Buffer.alloc(AUTHENTICATOR);
const MESSAGE_AUTHENTICATOR = 80;

/**
 * MD5 over code, identifier, length, an authenticator, the attributes and the secret. Over sixteen zero octets it is the
 * Request Authenticator of Disconnect, CoA (RFC 5176 section 2.3) and accounting requests; over the request's
 * authenticator it is the Response Authenticator (RFC 2865 section 3).
 */
export function authenticatorOf(packet: Buffer, over: Buffer, secret: Buffer): Buffer {
  const hash = createHash('md5');
  hash.update(packet.subarray(0, 4)).update(over).update(packet.subarray(HEADER)).update(secret);
  return hash.digest();
}

export function requestAuthenticator(packet: Buffer, secret: Buffer): Buffer {
  return authenticatorOf(packet, ZERO, secret);
}

/**
 * HMAC-MD5 with the secret as its key, over the packet with `over` as its authenticator and the attribute's own value
 * taken as zeros. `over` is zero for Disconnect and CoA requests, and the request's authenticator for replies (RFC 5176
 * section 3.4); `valueAt` is where the attribute's value begins.
 */
export function messageAuthenticator(packet: Buffer, over: Buffer, valueAt: number, secret: Buffer): Buffer {
  const hmac = createHmac('md5', secret);
  hmac.update(packet.subarray(0, 4)).update(over).update(packet.subarray(HEADER, valueAt));
  hmac.update(ZERO).update(packet.subarray(valueAt + AUTHENTICATOR));
  return hmac.digest();
}

export function requestMessageAuthenticator(packet: Buffer, valueAt: number, secret: Buffer): Buffer {
  return messageAuthenticator(packet, ZERO, valueAt, secret);
}

/** Where the value of the packet's Message-Authenticator begins; null: it has none; `bad`: not sixteen octets, or two. */
export function messageAuthenticatorAt(packet: Buffer): number | null | 'bad' {
  let found: number | null = null;
  for (let at = HEADER; at + 1 < packet.length; at += Math.max(2, packet[at + 1]!)) {
    if (packet[at] !== MESSAGE_AUTHENTICATOR) continue;
    if (found !== null || packet[at + 1] !== AUTHENTICATOR + 2 || at + 2 + AUTHENTICATOR > packet.length) return 'bad';
    found = at + 2;
  }
  return found;
}
