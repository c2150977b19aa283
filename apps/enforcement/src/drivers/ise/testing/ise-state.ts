/** A live or ended session as our stand-in of ISE knows it. */
export interface HeldSession {
  mac: string;
  auditSessionId: string;
  nasIp: string;
  portId: string;
  profile: string;
  vlan: number | null;
  live: boolean;
  authenticatedAt: Date;
}

/** What an authorization profile gives; `null`: the VLAN that the port has by itself. */
type Profiles = Record<string, { vlan: number | null }>;

export type Outcome = { ok: true } | { ok: false; title: string };

export const POLICY_NODE = 'ise-psn-1';
export const DEFAULT_PROFILE = 'PermitAccess';

/**
 * What ISE does with ANC, as its documents and public clients tell: an assignment is kept by MAC whether or not somebody
 * is connected, and a change of authorization makes the session ask again, which is when the exception rule's profile is
 * given. A stand-in: it has no rules but `policy → profile`, and answers at once.
 */
export class IseState {
  readonly policies = new Map<string, string[]>();
  readonly assignments = new Map<string, { id: string; policyName: string }>();
  readonly sessions = new Map<string, HeldSession>();
  /** ANC policy → authorization profile of its exception rule. */
  readonly rules = new Map<string, string>();
  /** How the switch answers a change of authorization. `acknowledges`: says yes and does nothing (F5). */
  coa: 'follows' | 'acknowledges' | 'is silent' = 'follows';
  private next = 1;
  private clock = Date.parse('2026-11-25T06:00:00Z');

  constructor(readonly profiles: Profiles) {}

  connect(mac: string, nasIp: string, portId: string): void {
    this.sessions.set(mac, this.authenticated({ mac, nasIp, portId, auditSessionId: this.newId() }));
  }

  disconnect(mac: string): void {
    const session = this.sessions.get(mac);
    if (session) session.live = false;
  }

  apply(mac: string, policyName: string): Outcome {
    if (!this.policies.has(policyName)) return { ok: false, title: `ANC policy ${policyName} is not found` };
    if (this.assignments.get(mac)?.policyName === policyName) {
      return { ok: false, title: 'mac address is already associated with this policy' };
    }
    this.assignments.set(mac, { id: this.newId(), policyName });
    return this.change(mac, 'reauthenticate') ? { ok: true } : { ok: false, title: 'Radius Failure' };
  }

  clear(mac: string): Outcome {
    if (!this.assignments.delete(mac)) return { ok: false, title: 'mac address is not associated with a policy' };
    return this.change(mac, 'reauthenticate') ? { ok: true } : { ok: false, title: 'Radius Failure' };
  }

  /** A change of authorization; false: nobody has acknowledged it. */
  change(mac: string, kind: 'reauthenticate' | 'disconnect'): boolean {
    const session = this.sessions.get(mac);
    if (!session?.live || this.coa === 'is silent') return false;
    if (this.coa === 'acknowledges') return true;
    const auditSessionId = kind === 'disconnect' ? this.newId() : session.auditSessionId;
    this.sessions.set(mac, this.authenticated({ ...session, auditSessionId }));
    return true;
  }

  /** All of a MAC as one text, without ids and times. */
  textOf(mac: string): string {
    const session = this.sessions.get(mac);
    const held = session
      ? `${session.live} ${session.nasIp} ${session.portId} ${session.profile} ${session.vlan}`
      : '-';
    return `${this.assignments.get(mac)?.policyName ?? '-'} | ${held}`;
  }

  private authenticated(session: Pick<HeldSession, 'mac' | 'nasIp' | 'portId' | 'auditSessionId'>): HeldSession {
    const assigned = this.assignments.get(session.mac)?.policyName;
    const profile = (assigned === undefined ? undefined : this.rules.get(assigned)) ?? DEFAULT_PROFILE;
    const vlan = this.profiles[profile]?.vlan ?? null;
    this.clock += 1000;
    return { ...session, profile, vlan, live: true, authenticatedAt: new Date(this.clock) };
  }

  private newId(): string {
    return `0A0000020000${(this.next++).toString(16).toUpperCase().padStart(4, '0')}`;
  }
}
