import type { DriverProfile } from './profile.js';

/** The way to a peer: the next hop's MAC (the gateway's, or the peer's own in the same VLAN) and the port that it is behind. */
export interface NextHop {
  address: string;
  mac: string;
  port: string;
}

/** A permit as a point needs it: addresses only, with the way to the peer. */
export interface PointPermit {
  flowId: string;
  peerAddress: string;
  transport: 'tcp' | 'udp';
  port: number;
  opener: 'device' | 'peer';
  /** null: the point filters and does not forward, so the network behind it finds the way. */
  nextHop: NextHop | null;
}

/** The isolation of one interface at one port, ready to be compiled to the point's own entries. */
export interface PointIsolation {
  /**
   * 32-bit number, never reused, that marks what is ours at the point. One a device's interface, so that each interface
   * is applied and taken away by itself.
   */
  deviceNumber: number;
  quarantineId: string;
  generation: number;
  mac: string;
  address: string;
  /** The switch that the port is of, as discovery names it. A switch's own driver has it as its point id. */
  switch: string;
  port: string;
  mode: 'filter' | 'vlan-bridged' | 'vlan-routed';
  /** The VLAN to move to; null for `filter`. */
  quarantineVlan: number | null;
  /** The VLAN that the port has when nothing of ours is applied. */
  homeVlan: number;
  /** The device is alone on its port, so the port may be locked against changed MACs. */
  alone: boolean;
  permits: PointPermit[];
}

/** An isolation in the point's own words. */
export interface CompiledEntries {
  /** Each permit and deny in the point's own syntax; for a NAC the policy's name and its parts. */
  entries: string[];
  /** Flow ids of permits that the point's own fixed filter does not keep open; none where it takes ours. */
  cut: string[];
  /** What `policy` of a session says that carries exactly this; null where the point has no sessions. */
  policy: string | null;
}

/** What a port looked like before us, so that release puts back exactly that. */
export interface PriorPort {
  vlan: number;
  protected: boolean;
}

/** Our own mark on a port. */
export interface PortMark {
  quarantineId: string;
  deviceNumber: number;
  generation: number;
  prior: PriorPort;
}

/** A port as it is now. */
export interface PortReading {
  port: string;
  vlan: number | null;
  linkUp: boolean;
  trunk: boolean;
  mark: PortMark | null;
  /** The MACs that the point has learned there; null where it does not tell, which is not the same as none. */
  macs: string[] | null;
}

/** One of our entries as the point holds it. `packets` counts what it has matched. */
export interface EntryReading {
  deviceNumber: number;
  /** Generation modulo 65,536: as much as a cookie holds. The port's mark holds the whole one. */
  generation: number;
  kind: 'permit' | 'deny';
  /** The entry in the point's own syntax, normalised so that it compares with a compiled one. */
  text: string;
  packets: number;
}

/** What a policy source (a NAC, a RADIUS server's policy) has assigned to a MAC. */
export interface PolicyReading {
  mac: string;
  /** Assigned by us. What is not is somebody else's: it is never changed and never cleared. */
  ours: boolean;
  /** Our mark on it; null where the point has no room for one. */
  mark: { quarantineId: string; generation: number } | null;
  /** In the point's own words, as `compile` gives them. */
  entries: string[];
}

/**
 * A live session (IEEE 802.1X or MAC authentication) of a device at a switch. No session: nothing that is assigned takes
 * effect before the device connects again.
 */
export interface SessionReading {
  mac: string;
  /** The point's own id of it: Acct-Session-Id, audit-session-id or a NAC's. Another session has another one. */
  sessionId: string;
  switch: string | null;
  port: string | null;
  /** `failed`: the server has said yes and the switch could not apply it. */
  state: 'authorized' | 'unauthorized' | 'failed';
  /** `critical`: the switch has let it in because no server answered. */
  authorizedBy: 'server' | 'critical' | 'unknown';
  /** null: the point does not tell. */
  vlan: number | null;
  /** The policy, role or filter that it carries, in the words of `CompiledEntries.policy`; null: not told, or none. */
  policy: string | null;
  /** It carries an isolation of ours, whichever. */
  isolated: boolean;
  startedAt: Date | null;
}

/** A fresh read of a point. `bootId` changes when the point restarts: a restart is not drift. */
export interface PointReading {
  pointId: string;
  bootId: string;
  readAt: Date;
  ports: PortReading[];
  entries: EntryReading[];
  policies: PolicyReading[];
  sessions: SessionReading[];
}

/**
 * Steps in the order that they are applied; each waits for the read-back of the one before. A driver refuses, with
 * `refused`, the kinds that its point does not know.
 *
 * At points that keep state by port:
 *
 * - `install-entries`: the point's entries of this device number become exactly these, whatever port or generation the
 *   ones before had; in one request where the point can, so that nothing permitted is cut in between
 * - `move-port`: compare-and-set from the home VLAN without a mark of ours, or from our own mark (a newer generation only
 *   renews the mark; its `prior` stays); anything else is `changed-by-others`
 * - `restore-port`: puts back what the mark's `prior` says (`homeVlan` where the point holds no marks) if the port still
 *   has the quarantine VLAN; if a hand has changed the VLAN since, only our mark goes. Nothing of ours there: nothing to
 *   do, no error
 * - `remove-entries`: all entries of this device number; none there is no error
 *
 * At policy sources:
 *
 * - `set-policy`: what is assigned to the MAC becomes exactly this; somebody else's assignment is `changed-by-others`
 * - `clear-policy`: our own assignment goes, and nothing else; none there is no error
 *
 * At points that keep state by session:
 *
 * - `renew-session`: the session is made to take what its policy source says now, or, where there is no policy source,
 *   what `isolation` says (null: nothing of ours). `sessionId` is the session that was read: another one by now is left
 *   alone, and resolves, since it has begun after the policy was set. No session at all is `no-session`
 */
export type Step =
  | { kind: 'install-entries'; isolation: PointIsolation }
  | { kind: 'move-port'; isolation: PointIsolation }
  | {
      kind: 'restore-port';
      port: string;
      quarantineId: string;
      quarantineVlan: number | null;
      /** The MAC that was isolated there: a port that has another one by now is not touched by a point that can tell. */
      mac: string;
      homeVlan: number | null;
    }
  | { kind: 'remove-entries'; deviceNumber: number }
  | { kind: 'set-policy'; isolation: PointIsolation }
  | { kind: 'clear-policy'; mac: string; quarantineId: string }
  | {
      kind: 'renew-session';
      mac: string;
      switch: string | null;
      port: string | null;
      sessionId: string;
      isolation: PointIsolation | null;
    };

/** A lease's number: a point that can compare refuses a write whose fence is lower than the last. */
export interface Fence {
  pointId: string;
  number: number;
}

/** Something happened at the point. A hint: read the point to know what. */
export interface PointHint {
  pointId: string;
  kind: 'changed' | 'restarted' | 'unreachable' | 'reachable';
  at: Date;
  /** Whom it concerns; left out where it may concern anybody. */
  macs?: readonly string[];
}

/** One harmless question to a point, such as whether it knows the quarantine VLAN. */
export interface ProbeFinding {
  /** A few words that stay the same, such as `secret and address accepted`. */
  check: string;
  /** null: the point can't be asked. */
  ok: boolean | null;
  /** What was seen, and if it is not well, what to do. For people. */
  detail: string;
}

/**
 * The port that a driver implements: the code that speaks to one enforcement point. Failures are DriverErrors.
 * A driver decides nothing, keeps no timer that changes a network, and repeats no command blindly.
 */
export interface Driver {
  readonly pointId: string;
  readonly profile: DriverProfile;
  /** The point's words for an isolation. Pure: asks nothing of the point. Refuses with `too-many-entries`. */
  compile(isolation: PointIsolation): CompiledEntries;
  /** The point's state now, read afresh. A point that can't be read as a whole reads what concerns these MACs. */
  read(macs: readonly string[]): Promise<PointReading>;
  /** Makes one step true, by compare-and-set where the point can; resolves when the point says that it has applied it. */
  apply(step: Step, fence: Fence): Promise<void>;
  /** Tells of changes until stopped; reconnects by itself, and says `unreachable` and `reachable`. */
  watch(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }>;
  /** Asks the point what it needs for an isolation, and changes nothing there. */
  probe(): Promise<ProbeFinding[]>;
  /** The commands that undo an isolation by hand, without Lazaret. Pure. */
  undo(isolation: PointIsolation): string[];
  /** Gives connections back. What is applied stays applied. */
  close(): Promise<void>;
}
