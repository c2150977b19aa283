import type { PlanningPoint } from '../read/point.js';

/** The points by which a switch's ports are isolated. */
export interface Serving<P extends PlanningPoint = PlanningPoint> {
  /** The switch's own point, or a NAC that has the switch. */
  point: P;
  /** Who holds what is assigned to a MAC: a NAC, or the policy of a RADIUS server. null: nobody but the point itself. */
  policy: P | null;
}

/** Who serves a switch; a point of its own comes before a NAC that names it. Undefined: nobody. */
export function servingPoint<P extends PlanningPoint>(
  points: ReadonlyMap<string, P>,
  switchId: string,
): Serving<P> | undefined {
  const point = points.get(switchId) ?? [...points.values()].find(({ facts }) => facts.switches.includes(switchId));
  if (!point) return undefined;
  const { policyPoint } = point.facts;
  if (policyPoint === null) return { point, policy: point.profile.state === 'policy' ? point : null };
  const policy = points.get(policyPoint);
  return policy && { point, policy };
}
