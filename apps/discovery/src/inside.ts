import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Tells whether an address belongs to the site. Link-local addresses do, since they can't come from beyond a router. */
export class InsideNetworks {
  private readonly ranges: Range[];

  /** `networks` in CIDR notation; throws for one that is none. */
  constructor(networks: readonly string[]) {
    this.ranges = networks.map((network) => ipaddr.parseCIDR(network));
  }

  includes(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.parse(address);
    if (parsed.range() === 'linkLocal') return true;
    return this.ranges.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  }
}
