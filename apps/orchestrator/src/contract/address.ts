import ipaddr from 'ipaddr.js';

/** An IPv4 address in four decimal parts, or an IPv6 address without a zone. */
export function isAddress(text: string): boolean {
  const isV6 = text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text);
  return isV6 || ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** RFC 5952 text, so that one address has one spelling. */
export function canonicalAddress(text: string): string {
  const parsed = ipaddr.parse(text);
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}
