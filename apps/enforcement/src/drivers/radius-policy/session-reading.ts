import type { SessionReading } from '#driver';
import type { RadiusPolicyPoint } from './config.js';
import type { Session } from './sessions.js';

/** A session in the words of the port. A switch that the configuration does not name stays without an id. */
export function sessionReading(session: Session, switches: RadiusPolicyPoint['switches']): SessionReading {
  const { mac, sessionId, port, vlan, policy, authorizedBy, startedAt, nasAddress, nasIdentifier } = session;
  const known = switches.find(
    ({ address, identifier }) =>
      (identifier !== null && identifier === nasIdentifier) || (address !== null && address === nasAddress),
  );
  return {
    mac,
    sessionId,
    switch: known?.switch ?? null,
    port,
    state: 'authorized',
    authorizedBy,
    vlan,
    policy,
    isolated: policy !== null,
    startedAt: new Date(startedAt),
  };
}
