import type { SessionReading } from '#driver';
import type { IsePoint } from './config.js';

/** A session as ISE tells of it, by MnT or by pxGrid, before it is set against the configuration. */
export interface IseSession {
  mac: string;
  /** audit-session-id, or Acct-Session-Id where the switch sends none. */
  sessionId: string;
  nasAddress: string | null;
  port: string | null;
  /** false: authentication failed; null: not told, since only accounting has spoken of the session. */
  passed: boolean | null;
  vlan: number | null;
  authorizationProfiles: string[];
  /** The policy node that has it, which carries out its changes; null: not told. */
  policyNode: string | null;
  /** Of its last authentication, by ISE's clock. */
  authenticatedAt: Date | null;
}

/**
 * The session in the port's words. What a session carries is told by its authorization profiles: an ANC policy that is
 * assigned and has not been taken yet leaves them as they were. The VLAN is what ISE has answered the switch; whether
 * that VLAN exists there, only traffic shows.
 */
export function sessionReading(session: IseSession, point: IsePoint): SessionReading {
  const policy = point.policies.find(({ authorizationProfiles }) =>
    authorizationProfiles.some((profile) => session.authorizationProfiles.includes(profile)),
  );
  return {
    mac: session.mac,
    sessionId: session.sessionId,
    switch: session.nasAddress === null ? null : (point.switchAddresses[session.nasAddress] ?? null),
    port: session.port,
    state: session.passed === false ? 'unauthorized' : 'authorized',
    authorizedBy: session.passed === null ? 'unknown' : 'server',
    vlan: session.vlan,
    policy: policy?.name ?? (session.authorizationProfiles.join(',') || null),
    isolated: policy !== undefined,
    startedAt: session.authenticatedAt,
  };
}
