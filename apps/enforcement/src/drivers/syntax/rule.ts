import ipaddr from 'ipaddr.js';
import { DriverError, type PointIsolation, type PointPermit } from '#driver';

/**
 * One line of a filter on one device's session, before it has a vendor's words. The device's own address is never
 * named: the filter is on its session, and its address may change. `in` is from the device, `out` towards it (as in
 * RFC 6733 4.3.1).
 */
export interface Rule {
  /** The permit that it serves; null for what every list has: upkeep of the device's address, and the denies. */
  flowId: string | null;
  action: 'permit' | 'deny';
  direction: 'in' | 'out';
  family: 4 | 6;
  protocol: 'tcp' | 'udp' | 'icmp' | 'any';
  /** The other end: an address, a prefix, or `any`. */
  far: string;
  devicePort: number | null;
  farPort: number | null;
  /** TCP only: not the first packet of a connection (ACK or RST is set). */
  established: boolean;
  /** ICMP types; none: all of them. */
  icmpTypes: readonly number[];
}

/** What a point's filter can do. */
export interface FilterShape {
  /** `from-device`: what is sent towards the device is not filtered, so only its answers need a line. */
  directions: 'both' | 'from-device';
  /** `none`: the filter knows IPv4 only; IPv6 permits are cut, and the point must deny IPv6 by itself. */
  ipv6: 'explicit' | 'none';
  /** Permit and deny lines that it takes. */
  entries: number;
}

const NOTHING = { devicePort: null, farPort: null, established: false, icmpTypes: [] } as const;
const NEIGHBOURS = ['fe80::/10', 'ff02::/16'] as const;

/**
 * The rules of an isolation in an order that does not depend on the order of its permits: permits, upkeep, denies.
 * Stateless: each permit has a rule for its first packet and one for the answers. Refuses what can't be said safely.
 */
export function rulesOf(isolation: PointIsolation, shape: FilterShape): Rule[] {
  const permits = isolation.permits.map(checked).filter(({ family }) => family === 4 || shape.ipv6 === 'explicit');
  const peers6 = [...new Set(permits.filter(({ family }) => family === 6).map(({ peer }) => peer))].sort();
  const rules = [
    ...permits.flatMap(permitRules).sort(byText),
    ...addressUpkeep(),
    ...(peers6.length > 0 ? neighbourUpkeep(peers6) : []),
    ...denies(shape),
  ];
  return rules.filter(({ direction }) => shape.directions === 'both' || direction === 'in');
}

/** Flow ids of the permits that a filter without IPv6 can't hold. */
export function cutByFamily({ permits }: PointIsolation, shape: FilterShape): string[] {
  if (shape.ipv6 === 'explicit') return [];
  return permits.filter((permit) => checked(permit).family === 6).map(({ flowId }) => flowId);
}

interface CheckedPermit {
  permit: PointPermit;
  family: 4 | 6;
  peer: string;
}

/** What becomes part of a line must be what it says it is: the line is parsed again, by the switch. */
function checked(permit: PointPermit): CheckedPermit {
  const { flowId, peerAddress, transport, port } = permit;
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(peerAddress) || ipaddr.IPv6.isValid(peerAddress);
  if (!isAddress || peerAddress.includes('%')) return refuse(`the peer's address of permit ${flowId}`);
  if (transport !== 'tcp' && transport !== 'udp') return refuse(`the transport of permit ${flowId}`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return refuse(`the port of permit ${flowId}`);
  const address = ipaddr.process(peerAddress);
  return { permit, family: address.kind() === 'ipv4' ? 4 : 6, peer: address.toString() };
}

function refuse(what: string): never {
  throw new DriverError('refused', `no filter can be told ${what}`);
}

/** The opener's first packet goes to the port; the answers come from it. UDP has no first packet. */
function permitRules({ permit, family, peer }: CheckedPermit): Rule[] {
  const { flowId, transport, port, opener } = permit;
  const base = { ...NOTHING, flowId, action: 'permit', family, protocol: transport, far: peer } as const;
  const answers = { established: transport === 'tcp' };
  if (opener === 'device') {
    return [
      { ...base, direction: 'in', farPort: port },
      { ...base, direction: 'out', farPort: port, ...answers },
    ];
  }
  return [
    { ...base, direction: 'out', devicePort: port },
    { ...base, direction: 'in', devicePort: port, ...answers },
  ];
}

/**
 * A device keeps the address that its permits are for: DHCP by broadcast (rebinding works, unicast renewal does not, so
 * no single host can be reached by it), and word of a path's smaller MTU. ARP is not IP: no list here filters it.
 */
function addressUpkeep(): Rule[] {
  const base = { ...NOTHING, flowId: null, action: 'permit', family: 4 } as const;
  const dhcp = { protocol: 'udp', devicePort: 68, farPort: 67 } as const;
  return [
    { ...base, ...dhcp, direction: 'in', far: '255.255.255.255' },
    { ...base, ...dhcp, direction: 'out', far: 'any' },
    { ...base, direction: 'out', protocol: 'icmp', far: 'any', icmpTypes: [3] },
  ];
}

/** IPv6 has no ARP: without neighbour discovery no permit of it would work. Never a router's advertisement from a device. */
function neighbourUpkeep(peers: readonly string[]): Rule[] {
  const base = { ...NOTHING, flowId: null, action: 'permit', family: 6, protocol: 'icmp' } as const;
  const far = [...NEIGHBOURS, ...peers];
  return [
    ...far.map((one): Rule => ({ ...base, direction: 'in', far: one, icmpTypes: [133, 135, 136] })),
    { ...base, direction: 'out', far: 'any', icmpTypes: [2, 134, 135, 136] },
  ];
}

function denies(shape: FilterShape): Rule[] {
  const base = { ...NOTHING, flowId: null, action: 'deny', protocol: 'any', far: 'any' } as const;
  const families = shape.ipv6 === 'explicit' ? ([6, 4] as const) : ([4] as const);
  return (['in', 'out'] as const).flatMap((direction) => families.map((family) => ({ ...base, direction, family })));
}

function byText(a: Rule, b: Rule): number {
  const [x, y] = [keyOf(a), keyOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function keyOf({ direction, family, protocol, far, farPort, devicePort }: Rule): string {
  return [direction, family, protocol, far, farPort ?? 0, devicePort ?? 0].join(' ');
}
