import type { Step } from '#driver';
import type { PlanningPoint, Readings } from '../read/point.js';
import type { Applied } from './planned.js';
import { servingPoint } from './serving.js';

/** A step that is not true yet, with what people read of it. */
export interface PendingStep {
  mac: string;
  pointId: string;
  step: Step;
  /** `clean`: takes away what an interface left at a port that it is no longer at. */
  purpose: 'isolate' | 'clean' | 'release';
  text: string;
}

/** What steps are taken from, beside the plan. */
export interface StepInput {
  readings: Readings;
  points: ReadonlyMap<string, PlanningPoint>;
  /** What we have applied, by MAC. */
  applied: ReadonlyMap<string, Applied>;
  /** Where interfaces have been, and the point holds no mark that would tell. */
  left: readonly Left[];
  now: Date;
}

/** An isolation that is to be taken away from a point that holds no mark of it. */
export interface Left extends Omit<Applied, 'renewed'> {
  mac: string;
}

/** After a session was told to begin anew nobody is told again before this: its end and its successor take their time. In ms. */
export const RENEWAL_SETTLES_MS = 30_000;

/** A session of the interface was told a moment ago. */
export function settles(applied: Applied | undefined, now: Date): boolean {
  const renewed = applied?.renewed;
  return renewed != null && now.getTime() - renewed.at.getTime() < RENEWAL_SETTLES_MS;
}

/** The point that can make a session at a switch begin anew; undefined: none. */
export function renewingPoint(
  points: ReadonlyMap<string, PlanningPoint>,
  switchId: string | null,
): PlanningPoint | undefined {
  const point = switchId === null ? undefined : servingPoint(points, switchId)?.point;
  return point?.profile.renews ? point : undefined;
}
