import type { DriverProfile, PointIsolation } from '#driver';
import type { PlanMode } from '#events';
import type { Location, Neighbour } from '../read/location.js';
import type { PlanningPoint, Readings } from '../read/point.js';
import type { Permit, Wanted } from '../wanted/wanted.js';

/** What we have applied at a port, as the interface's state remembers it. */
export interface Applied {
  pointId: string;
  isolation: PointIsolation;
  /** The session that we have told to take it, and when; null: none. */
  renewed: Renewed | null;
}

export interface Renewed {
  sessionId: string;
  at: Date;
}

/** Everything that planning looks at. Numbers and what is applied are by MAC, points and readings by id. */
export interface PlanInput {
  wanted: Wanted;
  location: Location | null;
  neighbours: readonly Neighbour[];
  points: ReadonlyMap<string, PlanningPoint>;
  readings: Readings;
  numbers: ReadonlyMap<string, number>;
  applied: ReadonlyMap<string, Applied>;
}

/** One interface's part of a plan: everything that its steps need. */
export interface PlannedInterface {
  mac: string;
  /** The point of the switch, or the NAC that has it. */
  pointId: string;
  /** Who holds what is assigned to the MAC, and is told it instead of the switch; null: the point keeps entries itself. */
  policyPointId: string | null;
  port: string;
  mode: PointIsolation['mode'];
  isolation: PointIsolation;
  profile: DriverProfile;
  /** The isolation in the words of whoever is told it, compiled. */
  entries: string[];
  /** How a session's policy reads that carries exactly this; null where sessions don't tell. */
  policy: string | null;
  entriesMax: number;
  interruptionMs: number;
  undo: string[];
}

export interface RefusedMode {
  mac: string;
  planMode: PlanMode;
  reason: string;
}

/** The ordered way to make an isolation true, or why there is none. */
export interface Plan {
  deviceId: string;
  quarantineId: string;
  digest: string;
  possible: boolean;
  interfaces: PlannedInterface[];
  /** Interfaces that can't be isolated, named; the others are not held back by them. */
  unplanned: { mac: string; reason: string }[];
  refusedModes: RefusedMode[];
  /** Permits that stay open, and whether the point enforces who opens them. */
  kept: { permit: Permit; openerEnforced: boolean }[];
  /** Flow ids that would not stay open. */
  cut: string[];
  interruptionMs: number;
  associationsBroken: number;
}
