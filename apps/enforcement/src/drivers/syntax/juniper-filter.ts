import type { PointIsolation } from '#driver';
import { filterList, type FilterList } from './filter-list.js';
import type { FilterShape, Rule } from './rule.js';

const NUMBERS = { tcp: 6, udp: 17, icmp: 1 } as const;

/**
 * Juniper-Switching-Filter of EX switches (Junos, "VSA Match Conditions and Actions"), one attribute a term:
 *
 *     Match Ip-protocol N, Destination-ip PREFIX, Destination-port N, Source-port N Action allow|deny
 *
 * It filters IPv4 from the device only and has no word for `established`: answers to a peer that opens are told by
 * their source port.
 */
export function juniperFilter(isolation: PointIsolation, shape: Pick<FilterShape, 'entries'>): FilterList {
  return filterList(isolation, { ...shape, directions: 'from-device', ipv6: 'none' }, term);
}

function term({ action, protocol, far, farPort, devicePort }: Rule): string[] {
  const conditions = [
    ...(protocol === 'any' ? [] : [`Ip-protocol ${NUMBERS[protocol]}`]),
    `Destination-ip ${far === 'any' ? '0.0.0.0/0' : far}`,
    ...(farPort === null ? [] : [`Destination-port ${farPort}`]),
    ...(devicePort === null ? [] : [`Source-port ${devicePort}`]),
  ];
  return [`Match ${conditions.join(', ')} Action ${action === 'permit' ? 'allow' : 'deny'}`];
}
