import type { Condition } from '#events';
import type { PlannedInterface } from '../plan/planned.js';
import type { Location, Neighbour } from '../read/location.js';
import type { PointFacts } from '../read/point.js';
import type { PointReading } from '#driver';

/** Why a step is not taken. `reason` is for programs, `message` for people. */
export interface Refusal {
  mac: string;
  reason: string;
  message: string;
}

/** A condition of the isolation as found in this run; since when is known from the run before. */
export interface Finding {
  condition: Condition;
  reason: string;
  observer: string;
}

/** What an interlock looks at before the first and before every later write of an isolation. */
export interface Question {
  planned: PlannedInterface;
  location: Location | null;
  neighbours: readonly Neighbour[];
  reading: PointReading;
  facts: PointFacts;
  /** The point controls each session of a port by itself. */
  perSession: boolean;
  /** It was isolated at this port already. */
  applied: boolean;
  interlocks: Interlocks;
}

/** The limits of enforcement's own file, which nobody outside can lift. */
export interface Interlocks {
  protectedMacs: readonly string[];
  /** MACs of infrastructure, this machine's own among them. */
  infrastructureMacs: readonly string[];
  /** Isolations that a point may begin in an hour. */
  isolationsAnHour: number;
}

export type Check = (question: Question) => Refusal | null;
