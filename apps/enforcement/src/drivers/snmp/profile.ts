import type { DriverProfile } from '#driver';
import type { SnmpPoint } from './config.js';

/**
 * What a port's VLAN by SNMP can do, by what the standards say of it; no model has been drilled. The device's link stays
 * up, so that it keeps its address: what the VLAN behind it does with that is not the switch's doing.
 *
 * `order`: the new membership is written before the old one goes, but what the quarantine VLAN lets through is not the
 * switch's own. `entries`: a port filters nothing.
 */
const portVlan: DriverProfile = {
  order: 'make-before-break',
  interruption: { gapMs: 2000 },
  direction: 'both',
  covers: 'all',
  state: 'port',
  stateful: false,
  entries: 0,
  perSession: false,
  renews: false,
  marks: false,
  modes: ['vlan-bridged', 'vlan-routed'],
  confirmed: false,
};

/** Where another point holds the policy, this one only makes a session take it. A bounce takes the link down. */
const sessions: DriverProfile = {
  ...portVlan,
  order: 'atomic',
  interruption: { gapMs: 10_000 },
  state: 'session',
  renews: true,
  modes: ['filter', 'vlan-bridged', 'vlan-routed'],
};

/** With PVID or vmVlan alone the switch does the rest in its own order, in one step. */
export function snmpProfile({
  model,
  policyPoint,
  renew,
}: Pick<SnmpPoint, 'model' | 'policyPoint' | 'renew'>): DriverProfile {
  if (policyPoint !== null) return renew === 'bounce' ? { ...sessions, interruption: 'break' } : sessions;
  switch (model) {
    case 'qbridge':
      return portVlan;
    case 'qbridge-pvid-only':
      return { ...portVlan, order: 'break-before-make' };
    case 'cisco-vmvlan':
      return { ...portVlan, order: 'atomic' };
  }
}
