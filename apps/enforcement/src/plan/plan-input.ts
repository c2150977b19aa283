import type { Known } from '../known.js';
import type { PlanningPoint, Readings } from '../read/point.js';
import type { DeviceState } from '../seen/state.js';
import type { Wanted } from '../wanted/wanted.js';
import type { Applied, PlanInput } from './planned.js';
import type { StepInput } from './pending-step.js';

/** What planning looks at, from all that is known of a device. */
export function planInput(
  { location, neighbours, numbers, state }: Known,
  wanted: Wanted,
  readings: Readings,
  points: ReadonlyMap<string, PlanningPoint>,
): PlanInput {
  return { wanted, location, neighbours, points, readings, numbers, applied: appliedBy(state) };
}

/** What we have applied, by MAC, as we remember it. */
export function appliedBy({ interfaces }: DeviceState): Map<string, Applied> {
  return new Map(
    interfaces.flatMap(({ mac, pointId, isolation, renewed }) =>
      pointId && isolation ? [[mac, { pointId, isolation, renewed }] as const] : [],
    ),
  );
}

/** What steps are taken from. */
export function stepInput(
  { state }: Known,
  readings: Readings,
  points: ReadonlyMap<string, PlanningPoint>,
  now: Date,
): StepInput {
  return { readings, points, applied: appliedBy(state), left: state.left, now };
}
