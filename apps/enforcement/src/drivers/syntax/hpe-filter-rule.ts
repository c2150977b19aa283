import type { PointIsolation } from '#driver';
import { filterList, type FilterList } from './filter-list.js';
import type { FilterShape, Rule } from './rule.js';

/**
 * HPE's grammar, of HP-Nas-Filter-Rule and NAS-Filter-Rule at AOS-S (Access Security Guide, "ACE syntax in RADIUS
 * servers") and of Aruba-NAS-Filter-Rule at AOS-CX; each line is an attribute of its own:
 *
 *     permit|deny in ip|tcp|udp|NUMBER from any to any|ADDRESS|PREFIX [PORT] [cnt]
 *
 * It filters what comes from the device only. It knows no source port, so the device's answers to a peer that opens
 * can't be said; and no types of ICMPv6, so neighbour discovery can't be opened without letting a device play router.
 * Call-backs and IPv6 permits are cut. At AOS-S, NAS-Filter-Rule denies IPv6 by itself, and takes a line with an IPv6
 * address only beside HP-Nas-Rules-IPv6 = 1.
 */
export function arubaFilterRules(isolation: PointIsolation, shape: Omit<FilterShape, 'directions'>): FilterList {
  return filterList(isolation, { ...shape, directions: 'from-device' }, accessEntry);
}

function accessEntry({ action, protocol, family, far, farPort, devicePort }: Rule): string[] | null {
  if (family === 6 && action === 'permit') return null;
  // Of the ports of DHCP the far one is enough: it goes to the broadcast address.
  if (devicePort !== null && farPort === null) return null;
  const to = far === 'any' && family === 6 ? '::/0' : far;
  return [
    `${action} in ${protocol === 'any' ? 'ip' : protocol} from any to ${to}${farPort === null ? '' : ` ${farPort}`}`,
  ];
}
