import type { DriverProfile } from '#driver';
import type { RadiusPolicyPoint } from './config.js';

const IPV4_ONLY = ['hpe', 'aruba', 'juniper'] as const;

/**
 * What an Access-Accept can carry, as far as the configuration says. One Accept holds VLAN and permits together, and
 * setting the policy interrupts nothing: the switch's own point says what renewing the session costs. Unconfirmed: what
 * a switch does with it, only a drill of that switch shows.
 */
export function radiusPolicyProfile({ attributes, modes, entries }: RadiusPolicyPoint): DriverProfile {
  const { permits, direction, ipv6 } = attributes;
  const isRfc = permits === 'nas-filter-rule';
  const ipv4Only = IPV4_ONLY.some((one) => one === permits) || (isRfc && ipv6 === 'none');
  return {
    order: 'atomic',
    interruption: 'none',
    direction: isRfc ? direction : 'from-device',
    covers: ipv4Only || permits === 'none' || permits === 'filter-id' ? 'ipv4' : 'all',
    state: 'policy',
    stateful: false,
    entries,
    perSession: true,
    renews: false,
    marks: true,
    modes,
    confirmed: false,
  };
}
