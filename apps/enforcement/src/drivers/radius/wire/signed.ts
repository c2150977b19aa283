import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import type { Attribute } from './attribute.js';
import {
  authenticatorOf,
  messageAuthenticator,
  messageAuthenticatorAt,
  requestAuthenticator,
  requestMessageAuthenticator,
} from './authenticator.js';
import { AUTHENTICATOR, HEADER, decodePacket, encodePacket, packetOf, type Packet } from './packet.js';

const ZERO = Buffer.alloc(AUTHENTICATOR);
const MESSAGE_AUTHENTICATOR = 80;

export interface Unsigned {
  code: number;
  identifier: number;
  attributes: readonly Attribute[];
  /** Old gear drops what has one; everybody else is given one. */
  messageAuthenticator: boolean;
}

/** A Disconnect- or CoA-Request as it goes out: Message-Authenticator last and first computed, then the authenticator. */
export function signRequest(request: Unsigned, secret: Buffer): Buffer {
  const { code, identifier, attributes } = request;
  const signature = request.messageAuthenticator ? [{ type: MESSAGE_AUTHENTICATOR, value: ZERO }] : [];
  const packet = encodePacket({ code, identifier, authenticator: ZERO, attributes: [...attributes, ...signature] });
  if (request.messageAuthenticator) {
    const valueAt = packet.length - AUTHENTICATOR;
    requestMessageAuthenticator(packet, valueAt, secret).copy(packet, valueAt);
  }
  requestAuthenticator(packet, secret).copy(packet, 4);
  return packet;
}

/** How a reply is signed. `zero-form`: Message-Authenticator over zeros, as FreeRADIUS 3 does, against RFC 5176 section 3.4. */
export type Signature = 'authenticator' | 'message-authenticator' | 'zero-form';
/** Why a datagram is not heard. It says nothing about the request: only its own request can be answered by it. */
export type NotHeard = 'not-a-packet' | 'response-authenticator' | 'message-authenticator';

export type Verified = { ok: true; packet: Packet; signature: Signature } | { ok: false; reason: NotHeard };

/**
 * Checks a reply in three steps: Response Authenticator; then Message-Authenticator, in the RFC's or the zero form; one
 * that has none is taken. What fails is not heard, rather than a refusal: it may be another request's stale reply.
 */
export function verifyReply(datagram: Buffer, request: Buffer, secret: Buffer): Verified {
  const octets = packetOf(datagram);
  const packet = octets && decodePacket(octets);
  if (!octets || !packet) return { ok: false, reason: 'not-a-packet' };
  const authenticator = request.subarray(4, HEADER);
  if (!timingSafeEqual(packet.authenticator, authenticatorOf(octets, authenticator, secret))) {
    return { ok: false, reason: 'response-authenticator' };
  }
  const valueAt = messageAuthenticatorAt(octets);
  if (valueAt === null) return { ok: true, packet, signature: 'authenticator' };
  if (valueAt === 'bad') return { ok: false, reason: 'message-authenticator' };
  const given = octets.subarray(valueAt, valueAt + AUTHENTICATOR);
  const signedOver = (over: Buffer) => timingSafeEqual(given, messageAuthenticator(octets, over, valueAt, secret));
  if (signedOver(authenticator)) return { ok: true, packet, signature: 'message-authenticator' };
  if (signedOver(ZERO)) return { ok: true, packet, signature: 'zero-form' };
  return { ok: false, reason: 'message-authenticator' };
}
