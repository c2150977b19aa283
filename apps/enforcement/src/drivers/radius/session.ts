import type { SessionReading } from '#driver';
import type { RadiusPoint } from './config.js';

/**
 * A session as its table tells it, with whether it carries an isolation of ours: by its VLAN, which is kept for that
 * alone, or by the name of its filter or role.
 */
export function isolatedBy(point: RadiusPoint, session: SessionReading): SessionReading {
  const { vlan } = session;
  // A role's name is not how a policy source names what it has assigned.
  const policy = point.policyPoint === null ? session.policy : null;
  const vlans = [point.quarantineVlan, ...point.policies.map(({ quarantineVlan }) => quarantineVlan)];
  const inOurVlan = vlan !== null && vlans.includes(vlan);
  const underOurPolicy = policy !== null && point.policies.some(({ name }) => name === policy);
  return { ...session, policy, isolated: session.isolated || inOurVlan || underOurPolicy };
}
