/**
 * A session's filter as flows of the ward's switch: what a hospital's switch would put into its own hardware. They are
 * the switch's and not Lazaret's, so they have a cookie of their own.
 */
import type { FilterRule, RuleEnd } from './filter-rule.js';

/** "802.1X": upper 16 bits of the cookie; the port's OpenFlow number is in the lowest. */
export const SESSION_COOKIE = 0x8021000000000000n;
export const SESSION_COOKIE_MASK = 0xffff000000000000n;

/** Where a filtered session's frames are bridged to: the gateway of its home VLAN, whatever VLAN the port has. */
export interface Uplink {
  ofport: number;
  mac: string;
  address: string;
}

export interface FilteredPort {
  ofport: number;
  mac: string;
  uplink: Uplink;
}

const FIRST_PRIORITY = 61_000;
const DENY_PRIORITY = 60_000;
const DENIED = 'sample(probability=65535,collector_set_id=1,obs_domain_id=10,obs_point_id=9)';
const PERMITTED = 'sample(probability=1024,collector_set_id=1,obs_domain_id=10,obs_point_id=8)';

export function sessionCookie(ofport: number): bigint {
  return SESSION_COOKIE | BigInt(ofport);
}

/**
 * Lines for `ovs-ofctl add-flows`. No rules: no lines, the session has no filter. A list with `in` rules only filters
 * what the device sends; this switch then lets the answers of what is permitted back, and nothing else.
 */
export function sessionFlows(port: FilteredPort, rules: readonly FilterRule[]): string[] {
  if (rules.length === 0) return [];
  const both = rules.some(({ direction }) => direction === 'out') ? rules : [...rules, ...rules.flatMap(answersOf)];
  const matched = both.flatMap((rule, i) => ruleFlows(port, rule, FIRST_PRIORITY - 1 - i));
  return [...wayToGateway(port), ...matched, ...deny(port)].map(
    (line) => `cookie=0x${sessionCookie(port.ofport).toString(16)},${line}`,
  );
}

function answersOf(rule: FilterRule): FilterRule[] {
  if (rule.action === 'deny') return [];
  const established = rule.protocol === 6 && rule.tcp !== 'established' ? 'established' : null;
  return [{ ...rule, direction: 'out', from: rule.to, to: rule.from, tcp: established }];
}

function outward({ ofport, mac, uplink }: FilteredPort): { match: string; output: string } {
  return { match: `in_port=${ofport},dl_src=${mac}`, output: `output:${uplink.ofport}` };
}

function inward({ ofport, mac, uplink }: FilteredPort): { match: string; output: string } {
  return { match: `in_port=${uplink.ofport},dl_src=${uplink.mac},dl_dst=${mac}`, output: `output:${ofport}` };
}

/** ARP with the gateway, and "fragmentation needed" for path MTU discovery. */
function wayToGateway(port: FilteredPort): string[] {
  const { mac, address, ofport } = port.uplink;
  const [out, back] = [outward(port), inward(port)];
  return [
    `priority=${FIRST_PRIORITY},${out.match},arp,arp_tpa=${address},actions=${out.output}`,
    `priority=${FIRST_PRIORITY},${back.match},arp,arp_spa=${address},actions=${back.output}`,
    // The gateway asks by broadcast, and the port's VLAN may be another one: the device hears it beside all others.
    `priority=${FIRST_PRIORITY},in_port=${ofport},dl_src=${mac},dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_spa=${address},actions=NORMAL,${back.output}`,
    `priority=${FIRST_PRIORITY},${back.match},icmp,icmp_type=3,icmp_code=4,actions=${back.output}`,
  ];
}

function ruleFlows(port: FilteredPort, rule: FilterRule, priority: number): string[] {
  const way = rule.direction === 'in' ? outward(port) : inward(port);
  const actions = rule.action === 'permit' ? `${PERMITTED},${way.output}` : DENIED;
  const protocol = `${familyOf(rule)}${rule.protocol === null ? '' : `,nw_proto=${rule.protocol}`}`;
  const hasPorts = rule.protocol === 6 || rule.protocol === 17;
  return endFields('src', rule.from, hasPorts).flatMap((from) =>
    endFields('dst', rule.to, hasPorts).flatMap((to) =>
      details(rule).map(
        (more) => `priority=${priority},${way.match},${protocol}${from}${to}${more},actions=${actions}`,
      ),
    ),
  );
}

/** What names no family is IPv4 here, as in many switches; the last line denies IPv6 with all else. */
function familyOf({ protocol, from, to }: FilterRule): 'ip' | 'ipv6' {
  return protocol === 58 || from.network?.includes(':') || to.network?.includes(':') ? 'ipv6' : 'ip';
}

/** Alternatives of one rule: a flow each. */
function details({ tcp, icmpTypes }: FilterRule): string[] {
  if (tcp === 'established') return [',tcp_flags=+ack', ',tcp_flags=+rst'];
  if (tcp === 'setup') return [',tcp_flags=+syn-ack'];
  return icmpTypes.length === 0 ? [''] : icmpTypes.map((type) => `,icmp_type=${type}`);
}

function endFields(side: 'src' | 'dst', { network, ports }: RuleEnd, hasPorts: boolean): string[] {
  const field = network?.includes(':') ? `ipv6_${side}` : `nw_${side}`;
  const address = network === null ? '' : `,${field}=${network}`;
  if (!hasPorts || ports.length === 0) return [address];
  return ports.flatMap((range) => portFields(...range)).map((match) => `${address},tp_${side}=${match}`);
}

/** A range as value/mask pairs. */
function portFields(first: number, last: number): string[] {
  const fields: string[] = [];
  for (let at = first; at <= last;) {
    let size = 1;
    while (at % (size * 2) === 0 && at + size * 2 - 1 <= last && size < 65_536) size *= 2;
    fields.push(size === 1 ? `${at}` : `${at}/0x${(0x10000 - size).toString(16)}`);
    at += size;
  }
  return fields;
}

/** EAPOL is for the switch itself and nobody forwards it; all else of the session is denied, and seen to be. */
function deny({ ofport, mac }: FilteredPort): string[] {
  return [
    `priority=${FIRST_PRIORITY},in_port=${ofport},dl_type=0x888e,actions=drop`,
    `priority=${DENY_PRIORITY},in_port=${ofport},actions=${DENIED}`,
    `priority=${DENY_PRIORITY},dl_dst=${mac},actions=${DENIED}`,
  ];
}
