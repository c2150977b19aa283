import ipaddr from 'ipaddr.js';

/** Answers with a machine's own credentials in one of the clouds, at an address that looks public. */
const METADATA = ['168.63.129.16'];
/** All of IPv6 that is routed in the internet (RFC 4291, section 2.4). */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether a webhook may be sent to this address: a public one, or one that the subscription allows by address or range.
 * Private, loopback, link-local, metadata and every other special address is not public (IANA's special-purpose
 * registries, RFC 6890), nor is an IPv6 address that carries such an IPv4 address within. To be asked with the address
 * that is connected to, after the name was resolved.
 */
export function mayConnect(text: string, allowed: readonly string[]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return isPublic(address) || allowed.some((range) => isWithin(address, range));
}

/** `10.20.0.7`, `10.20.0.0/16`, `fd00::/8`. */
export function isAddressRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) || ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== 'unicast' || METADATA.includes(address.toString())) return false;
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, range: string): boolean {
  const [network, bits] = ipaddr.isValidCIDR(range)
    ? ipaddr.parseCIDR(range)
    : ([ipaddr.parse(range), ipaddr.parse(range).kind() === 'ipv4' ? 32 : 128] as const);
  return network.kind() === address.kind() && address.match(network, bits);
}
