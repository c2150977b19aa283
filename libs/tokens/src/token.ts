import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a person or a program may do. Each role includes the ones before, but an admin does not approve. */
export const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whether somebody with role `has` may do what `needs` asks. */
export function mayAct(has: Role, needs: Role): boolean {
  if (has === 'admin') return needs !== 'approver';
  return ROLES.indexOf(has) >= ROLES.indexOf(needs);
}

/** Who acts where no person does: a person or a program of this name could not be told from them. */
const OWN_NAMES = ['policy', 'orchestrator', 'enforcement', 'discovery', 'risk-scoring'];
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} .,_@'-]{1,99}$/u;
export const NAME_RULE =
  "a name is 2 to 100 letters, digits, spaces and . , _ @ ' -, and none that Lazaret uses itself";

/** Whether a token may bear this name. Approvals are counted by it and the audit holds it. */
export function isTokenName(name: string): boolean {
  return NAME.test(name) && !OWN_NAMES.includes(name.toLowerCase());
}

/** A bearer token (RFC 6750): `lzt_ID_SECRET`. The secret is 32 random bytes, so a plain hash of it is enough. */
const FORM = /^lzt_([0-9a-f-]{36})_([A-Za-z0-9_-]{43})$/;

export interface NewToken {
  /** Shown once, to whom it is made for. */
  text: string;
  /** Stored: SHA-256 of the secret, hex. */
  secretHash: string;
}

export function makeToken(id: string): NewToken {
  const secret = randomBytes(32).toString('base64url');
  return { text: `lzt_${id}_${secret}`, secretHash: hash(secret) };
}

/** The parts of a token's text; undefined if it has not the form of one. */
export function parseToken(text: string): { id: string; secret: string } | undefined {
  const match = FORM.exec(text);
  return match?.[1] && match[2] ? { id: match[1], secret: match[2] } : undefined;
}

/** Compares in constant time. */
export function isSecretOf(secret: string, secretHash: string): boolean {
  const given = Buffer.from(hash(secret), 'hex');
  const kept = Buffer.from(secretHash, 'hex');
  return given.length === kept.length && timingSafeEqual(given, kept);
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
