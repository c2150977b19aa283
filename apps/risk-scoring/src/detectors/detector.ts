import type { Observation } from '#events';
import type { DetectorName } from '../evidence/evidence.js';
import type { ConfickerName } from './command/conficker/calendar.js';

/** Why a failure is not the device's fault: the destination is known to be alive, or the clinic needs the flow. */
export const COMMON_CAUSES = ['contract-flow', 'answered-lately'] as const;
export type CommonCause = (typeof COMMON_CAUSES)[number];

/** What a detector may need of a sensor; without it, what the detector says would be a lie. */
export const NEEDS = ['every-flow', 'both-ways'] as const;
export type Need = (typeof NEEDS)[number];

/** What is known around an observation, as plain data; `at` (ms) is when it happened. */
export interface ObservationContext {
  at: number;
  commonCause: CommonCause | null;
  /** The Conficker name of the day that was looked up, if it was one. */
  conficker: ConfickerName | null;
  /** Whether an outside peer would listen at the attempt's port if it had Conficker.C. */
  wormPort: boolean;
  siteSuffixes: readonly string[];
  /** Whether a flow is in the device's known profile; unknown: it has none. */
  profile: 'inside' | 'outside' | 'unknown';
  /** The part of the devices that reach the flow's destination, 0 to 1; null: too few devices to say. */
  prevalence: number | null;
  /** What the sensor of the observation can't give: it shows a sample, or one direction only. */
  lacks: readonly Need[];
}

/** What a detector makes of an observation. `items`: facts for people; a correction takes them back. */
export interface Finding {
  decibans: number;
  at: number;
  items: number;
  label: string;
  corrects?: true;
}

/**
 * A pure function with a state of plain, bounded data: no clock, no I/O. One state per device and trust domain. A
 * detector sees only the observations that `signs.ts` gives it.
 */
export interface Detector<S, O extends Observation> {
  name: DetectorName;
  /** A sensor that lacks one of these is not listened to. */
  needs: readonly Need[];
  initial: S;
  observe(state: S, observation: O, context: ObservationContext): { state: S; findings: Finding[] };
  /** When the state last changed (ms): a state older than its span can be forgotten. */
  touchedAt(state: S): number;
}
