import ipaddr from 'ipaddr.js';
import type { NextHop } from '#driver';
import type { Neighbour } from '../read/location.js';
import type { HomeVlan, PointFacts } from '../read/point.js';
import type { Permit } from '../wanted/wanted.js';

/**
 * The way of a permit out of the port: to a peer of the same subnet its own port at this point, to anyone else the
 * gateway of the home VLAN. Unknown: the flow can't be kept open. Null: the point does not forward, so it need not know.
 */
export function nextHop(
  permit: Permit,
  homeVlan: number,
  facts: PointFacts,
  neighbours: readonly Neighbour[],
): NextHop | null | 'unknown' {
  if (facts.vlans.length === 0) return null;
  const home = facts.vlans.find((one) => one.vlan === homeVlan);
  if (!home) return 'unknown';
  if (!isInside(permit.peerAddress, home.subnet)) return { ...home.gateway };
  if (permit.peerAddress === home.gateway.address) return { ...home.gateway };
  return sameVlanPeer(permit.peerAddress, home, facts, neighbours) ?? 'unknown';
}

function sameVlanPeer(
  address: string,
  home: HomeVlan,
  facts: PointFacts,
  neighbours: readonly Neighbour[],
): NextHop | null {
  const peer = neighbours.find((one) => one.address === address && one.pointId === facts.id && one.vlan === home.vlan);
  return peer ? { address, mac: peer.mac, port: peer.port } : null;
}

/** Whether an address lies in a subnet (CIDR); false for another address family. */
export function isInside(address: string, subnet: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(subnet);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}
