import type { PointIsolation } from '#driver';
import { filterList } from './filter-list.js';
import type { FilterShape, Rule } from './rule.js';

const ICMP6_NAMES: Record<number, string> = { 133: 'router-solicitation', 135: 'nd-ns', 136: 'nd-na' };

/** Lines of two extended access lists, one a family; a switch applies both to the session. */
export interface CiscoAcl {
  ipv4: string[];
  ipv6: string[];
  /** Flow ids of permits that it does not hold. */
  cut: string[];
}

/**
 * The lines of a downloadable or per-user ACL of IOS, without numbers:
 *
 *     permit|deny PROTOCOL any [eq PORT] any|host ADDRESS|PREFIX [eq PORT] [established | ICMP-TYPE]
 *
 * The source is `any`, which the switch replaces by the device. It filters what comes from the device only.
 */
export function ciscoAcl(isolation: PointIsolation, shape: Omit<FilterShape, 'directions'>): CiscoAcl {
  const { lines, cut } = filterList(isolation, { ...shape, directions: 'from-device' }, accessEntry);
  const of = (family: string): string[] => lines.filter((line) => line.startsWith(family)).map((line) => line.slice(2));
  return { ipv4: of('4 '), ipv6: of('6 '), cut };
}

/** The same as values of Cisco-AVPair: `ip:inacl#10=…`, `ipv6:inacl#10=…`. */
export function ciscoAclPairs({ ipv4, ipv6 }: Pick<CiscoAcl, 'ipv4' | 'ipv6'>): string[] {
  const numbered = (prefix: string, lines: string[]): string[] =>
    lines.map((line, index) => `${prefix}:inacl#${(index + 1) * 10}=${line}`);
  return [...numbered('ip', ipv4), ...numbered('ipv6', ipv6)];
}

/** Lines carry their family in front while they are in one list. */
function accessEntry(rule: Rule): string[] {
  const { action, family, protocol, devicePort, farPort, established, icmpTypes } = rule;
  const name = protocol === 'any' ? (family === 4 ? 'ip' : 'ipv6') : protocol;
  const from = devicePort === null ? 'any' : `any eq ${devicePort}`;
  const to = farPort === null ? farOf(rule) : `${farOf(rule)} eq ${farPort}`;
  const line = `${family} ${action} ${name} ${from} ${to}${established ? ' established' : ''}`;
  return icmpTypes.length === 0 ? [line] : icmpTypes.map((type) => `${line} ${ICMP6_NAMES[type] ?? type}`);
}

function farOf({ far }: Rule): string {
  return far === 'any' || far.includes('/') ? far : `host ${far}`;
}
