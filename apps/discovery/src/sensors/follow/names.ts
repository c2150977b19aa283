import type { Answer } from '#events';
import { isName } from '../dnsmasq/query-line.js';

/** Multicast DNS and its like ask their neighbours, not a resolver. */
export const DNS_PORT = 53;

/** A name as it is looked up, lower case and without its last dot; undefined for the root and for what is no name. */
export function nameOf(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 254) return undefined;
  const plain = text.toLowerCase().replace(/\.$/, '');
  return isName(plain) ? plain : undefined;
}

const ANSWERS: Record<string, Answer> = {
  NOERROR: 'answered',
  NXDOMAIN: 'nxdomain',
  SERVFAIL: 'servfail',
  REFUSED: 'refused',
};

/** `rcode` by its name (RFC 1035 section 4.1.1 and IANA's list). */
export function answerOf(rcode: string): Answer {
  return Object.hasOwn(ANSWERS, rcode) ? (ANSWERS[rcode] ?? 'unknown') : 'unknown';
}
