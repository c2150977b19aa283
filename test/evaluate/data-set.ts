import type { Score } from './beacons.js';
import type { LabelledFlow, Traffic } from './traffic.js';

/** A recording of a network, its labels apart. */
export interface Recording {
  /** The folder's or the file's path below the folder that was given. */
  name: string;
  traffic: Traffic;
  labelled: LabelledFlow[];
  /** Scores that others have published for destinations of this recording. */
  expectedBeacons: ExpectedBeacon[];
}

export interface ExpectedBeacon {
  source: string;
  destination: string;
  score: Score;
}

/** Names of the Conficker worm by file, in the file's order. */
export interface NameList {
  file: string;
  variant: 'A' | 'B';
  names: string[];
}

/** An address and its ports of Conficker.C in a week. */
export interface KnownPorts {
  ip: string;
  week: number;
  tcp: number[];
  udp: number[];
}

export interface DataSets {
  recordings: Recording[];
  nameLists: NameList[];
  knownPorts: KnownPorts[];
  /** Files that could hold evidence and that nothing here reads yet, by kind. */
  unread: ReadonlyMap<string, number>;
}
