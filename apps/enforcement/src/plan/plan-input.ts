import type { Known } from '../known.js';
import type { PlanningPoint, Readings } from '../read/point.js';
import type { Wanted } from '../wanted/wanted.js';
import type { Applied, PlanInput } from './plan.js';

/** What planning looks at, from all that is known of a device. */
export function planInput(
  { location, neighbours, numbers, state }: Known,
  wanted: Wanted,
  readings: Readings,
  points: ReadonlyMap<string, PlanningPoint>,
): PlanInput {
  const applied = new Map<string, Applied>();
  for (const { mac, pointId, isolation } of state.interfaces)
    if (pointId && isolation) applied.set(mac, { pointId, isolation });
  return { wanted, location, neighbours, points, readings, numbers, applied };
}
