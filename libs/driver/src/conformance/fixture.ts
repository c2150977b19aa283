import type { Driver } from '../index.js';
import type { PointIsolation, SessionReading } from '../port.js';

/** What the point has done, as its own tools tell it, in order. */
export type JournalEntry =
  { kind: 'entry'; change: 'added' | 'modified' | 'deleted' } | { kind: 'port'; port: string; vlan: number | null };

/** Looks at the point by other means than the driver: the vendor's own tools, a capture, a second client. */
export interface PointObserver {
  vlanOf(port: string): Promise<number | null>;
  /** How many entries the point holds for a device number. */
  entriesOf(deviceNumber: number): Promise<number>;
  /** All that is configured at a port, as one text: equal texts mean that nothing of ours stays. */
  portText(port: string): Promise<string>;
  /** Every entry of the point, whosever it is, without counters. */
  entriesText(): Promise<string>;
  /** All that the point has changed since the fixture was started. */
  journal(): Promise<JournalEntry[]>;
}

/** What a person does at the point with its own tools. */
export interface Hands {
  setVlan(port: string, vlan: number): Promise<void>;
  removeEntries(deviceNumber: number): Promise<void>;
  /** Runs the driver's undo commands as they stand. */
  run(commands: readonly string[]): Promise<void>;
  restartPoint(): Promise<void>;
}

/** Faults on the way between driver and point. */
export interface Faults {
  /** From now on the point refuses connections, and open ones end. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** The next write of this kind is carried out, and its answer never comes. `heal` ends it. */
  loseAnswer(to: 'entries' | 'vlan'): void;
  /** From now on the point takes no further entries. */
  refuseEntries(): Promise<void>;
}

/**
 * A frame to send through the point. `peer` is that of the subject's first permit, a TCP one that the device opens;
 * `neighbour` is a device in the subject's home VLAN, `gateway` its next hop, `outside` an address behind it that no
 * permit names.
 */
export interface ProbeFrame {
  from: 'device' | 'peer' | 'neighbour' | 'gateway';
  to: 'device' | 'peer' | 'neighbour' | 'gateway' | 'outside';
  /** `answer`: from the permit's port, with ACK; `backward-opening`: from the permit's port, but a first packet. */
  what: 'opening' | 'answer' | 'backward-opening' | 'udp' | 'arp' | 'ipv6';
}

/**
 * A point that holds entries, with two devices that can be isolated, and everything that `describeEntries` needs around
 * it. Made anew for each case.
 */
export interface EntryFixture {
  /** A driver whose calls go through the faults. The fixture closes what it has made. */
  newDriver(): Driver;
  /** The strictest isolation that the point can do, first generation, not applied. */
  subject: PointIsolation;
  /** The same for another device at another port. */
  sibling: PointIsolation;
  observer: PointObserver;
  hands: Hands;
  faults: Faults;
  /** Sends a frame, and says whether it came out where it was sent to. */
  probe(frame: ProbeFrame): Promise<boolean>;
  /** Words that must not be in any error, such as passwords. */
  secrets: readonly string[];
  stop(): Promise<void>;
}

/** Looks and acts by the point's own means: the vendor's tools, a second client, the peer's own log. */
export interface Peer {
  /**
   * All that the point holds and does for a MAC, as one text: equal texts mean that nothing of ours stays. Session ids,
   * times and counters are left out.
   */
  stateOf(mac: string): Promise<string>;
  /** Whether the device gets the isolation now, as the point itself sees it. */
  isIsolated(mac: string): Promise<boolean>;
  /** The live sessions of a MAC, for a driver that only renews them and is told of them by its policy source. */
  sessionsOf?(mac: string): Promise<SessionReading[]>;
  /** How many requests to change something have reached the point. The same RADIUS packet sent again is one. */
  writes(): Promise<number>;
  /** Sets what the policy source says of a MAC, where the driver only renews sessions. null: as before us. */
  assign?(isolation: PointIsolation | null, mac: string): Promise<void>;
  /** Somebody else assigns something to this MAC, or moves its port. Left out where the driver holds no state. */
  changeByHand?(mac: string): Promise<void>;
  /** The device is off: nobody has a session any more. */
  endSession?(mac: string): Promise<void>;
  /** Runs the driver's undo commands as they stand. */
  run(commands: readonly string[]): Promise<void>;
}

/** Faults of the point or of the way to it. */
export interface PeerFaults {
  /** From now on nothing comes through. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** The next change is carried out, and its answer never comes. `heal` ends it. */
  loseAnswer(): Promise<void>;
  /** From now on the point refuses changes. */
  refuse(): Promise<void>;
  /** From now on the point says yes to changes, and does nothing. */
  ignore(): Promise<void>;
}

/** A point with two devices that can be isolated, each with a live session where it has sessions. Nothing is applied. */
export interface DriverFixture {
  /** A driver whose calls go through the faults. The fixture closes what it has made. */
  newDriver(): Driver;
  subject: PointIsolation;
  /** The same for another device. */
  sibling: PointIsolation;
  peer: Peer;
  faults: PeerFaults;
  /** How long the point may take to do what it has acknowledged, in ms; 2000 where nothing is said. */
  settlesMs?: number;
  /** Words that must not be in any error, finding or command, such as passwords. */
  secrets: readonly string[];
  stop(): Promise<void>;
}
