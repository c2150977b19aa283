import type { PointIsolation, PolicyReading, ProbeFinding, SessionReading } from '#driver';
import type { NamedPolicy } from '../syntax/named-policy.js';

/** Something that a NAC has assigned to a MAC. */
export interface Assignment {
  /** The policy's name in the configuration; of somebody else's, what the NAC calls it. */
  name: string;
  ours: boolean;
  mark: PolicyReading['mark'];
  /** The NAC's own id of it; null where it has none. */
  row: string | null;
}

/** What is known of one MAC, read afresh. */
export interface NacReading {
  /** The NAC knows the MAC. One that it does not know is never made known by us. */
  known: boolean;
  assignments: Assignment[];
  sessions: SessionReading[];
}

/** A request that the NAC has accepted, and may still fail at. */
export interface Renewal {
  /** Throws what the NAC tells of it by now; says nothing while nothing is told. */
  check(): Promise<void>;
}

/** What one kind of NAC can be asked and told. What may be told when is the NacDriver's, the same for all of them. */
export interface NacSource<P extends NamedPolicy = NamedPolicy> {
  /** It makes live sessions follow what is assigned by itself. */
  readonly follows: boolean;
  read(mac: string): Promise<NacReading>;
  /** `held`: ours as it was just read, to be replaced. */
  assign(isolation: PointIsolation, policy: P, held: readonly Assignment[]): Promise<void>;
  clear(mac: string, held: Assignment): Promise<void>;
  /** `policy`: what the session is to take; null: what it has without us. */
  renew(session: SessionReading, policy: P | null): Promise<Renewal>;
  /** Resolves where the NAC answers and takes the account. */
  ping(): Promise<void>;
  probe(): Promise<ProbeFinding[]>;
  undo(isolation: PointIsolation, policy: P): string[];
  close(): void;
}

/** A live session that nothing more is told of than where it is. */
export function plainSession(mac: string, sessionId: string): SessionReading {
  return {
    mac,
    sessionId,
    switch: null,
    port: null,
    state: 'authorized',
    authorizedBy: 'unknown',
    vlan: null,
    policy: null,
    isolated: false,
    startedAt: null,
  };
}
