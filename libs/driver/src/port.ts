import type { DriverProfile } from './profile.js';

/** A permit as a point needs it: addresses only, with the way to the peer. */
export interface PointPermit {
  flowId: string;
  peerAddress: string;
  transport: 'tcp' | 'udp';
  port: number;
  opener: 'device' | 'peer';
  /** The next hop's MAC (the gateway's, or the peer's own in the same VLAN) and the port of the point that it is behind. */
  nextHop: { address: string; mac: string; port: string };
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
  port: string;
  mode: 'filter' | 'vlan-bridged';
  /** The VLAN to move to; null for `filter`. */
  quarantineVlan: number | null;
  /** The VLAN that the port has when nothing of ours is applied. */
  homeVlan: number;
  /** The device is alone on its port, so the port may be locked against changed MACs. */
  alone: boolean;
  permits: PointPermit[];
}

/** The point's entries for one isolation, each in the point's own syntax. */
export interface CompiledEntries {
  entries: string[];
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

/** A fresh read of a point. `bootId` changes when the point restarts: a restart is not drift. */
export interface PointReading {
  pointId: string;
  bootId: string;
  readAt: Date;
  ports: PortReading[];
  entries: EntryReading[];
}

/**
 * Steps in the order that they are applied; each waits for the read-back of the one before.
 *
 * - `install-entries`: the point's entries of this device number become exactly these, whatever port or generation the
 *   ones before had; in one request where the point can, so that nothing permitted is cut in between
 * - `move-port`: compare-and-set from the home VLAN without a mark of ours, or from our own mark (a newer generation only
 *   renews the mark; its `prior` stays); anything else is `changed-by-others`
 * - `restore-port`: puts back what the mark's `prior` says if the port still has the quarantine VLAN; if a hand has
 *   changed the VLAN since, only our mark goes. Nothing of ours there: nothing to do, no error
 * - `remove-entries`: all entries of this device number; none there is no error
 */
export type Step =
  | { kind: 'install-entries'; isolation: PointIsolation }
  | { kind: 'move-port'; isolation: PointIsolation }
  | { kind: 'restore-port'; port: string; quarantineId: string; quarantineVlan: number | null }
  | { kind: 'remove-entries'; deviceNumber: number };

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
}

/**
 * The port that a driver implements: the code that speaks to one enforcement point. Failures are DriverErrors.
 * A driver decides nothing, keeps no timer that changes a network, and repeats no command blindly.
 */
export interface Driver {
  readonly pointId: string;
  readonly profile: DriverProfile;
  /** The point's entries for an isolation. Pure: asks nothing of the point. Refuses with `too-many-entries`. */
  compile(isolation: PointIsolation): CompiledEntries;
  /** The point's state now, read afresh. */
  read(): Promise<PointReading>;
  /** Makes one step true, by compare-and-set where the point can; resolves when the point says that it has applied it. */
  apply(step: Step, fence: Fence): Promise<void>;
  /** Tells of changes until stopped; reconnects by itself, and says `unreachable` and `reachable`. */
  watch(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }>;
  /** The commands that undo an isolation by hand, without Lazaret. Pure. */
  undo(isolation: PointIsolation): string[];
  /** Gives connections back. What is applied stays applied. */
  close(): Promise<void>;
}
