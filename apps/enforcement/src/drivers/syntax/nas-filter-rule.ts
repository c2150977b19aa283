import type { PointIsolation } from '#driver';
import { filterList, type FilterList } from './filter-list.js';
import type { FilterShape, Rule } from './rule.js';

const PIECE_OCTETS = 253;
const NUMBERS = { tcp: '6', udp: '17' } as const;

/**
 * NAS-Filter-Rule (RFC 4849), whose rules are IPFilterRules (RFC 6733 4.3.1):
 *
 *     action dir proto from src [ports] to dst [ports] [established] [icmptypes types]
 *
 * `proto` is a number, or `ip` for all. `established`: ACK or RST is set.
 */
export function nasFilterRules(isolation: PointIsolation, shape: FilterShape): FilterList {
  return filterList(isolation, shape, (rule) => [ipFilterRule(rule)]);
}

/**
 * The rules as values of the attribute: joined by NUL and cut into pieces of 253 octets, which the switch joins again
 * (RFC 4849 2).
 */
export function nasFilterRuleValues(lines: readonly string[]): string[] {
  const text = lines.join('\0');
  return Array.from({ length: Math.ceil(text.length / PIECE_OCTETS) }, (_, index) =>
    text.slice(index * PIECE_OCTETS, (index + 1) * PIECE_OCTETS),
  );
}

function ipFilterRule(rule: Rule): string {
  const device = withPort('any', rule.devicePort);
  const far = withPort(farOf(rule), rule.farPort);
  const ways = rule.direction === 'in' ? `from ${device} to ${far}` : `from ${far} to ${device}`;
  const established = rule.established ? ' established' : '';
  const types = rule.icmpTypes.length > 0 ? ` icmptypes ${rule.icmpTypes.join(',')}` : '';
  return `${rule.action} ${rule.direction} ${protocolOf(rule)} ${ways}${established}${types}`;
}

/** `any` may mean IPv4 only to a switch, so IPv6 is named. */
function farOf({ far, family, action }: Rule): string {
  return far === 'any' && family === 6 && action === 'deny' ? '::/0' : far;
}

function protocolOf({ protocol, family }: Rule): string {
  if (protocol === 'any') return 'ip';
  if (protocol === 'icmp') return family === 4 ? '1' : '58';
  return NUMBERS[protocol];
}

function withPort(address: string, port: number | null): string {
  return port === null ? address : `${address} ${port}`;
}
