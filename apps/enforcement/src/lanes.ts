import { servingPoint } from './plan/serving.js';
import type { PlanningPoint } from './read/point.js';

/**
 * Which point a device waits for, so that a slow point holds back its own devices only, and a hint of a point wakes
 * those that it may concern.
 */
export class Lanes {
  private readonly switches = new Map<string, readonly string[]>();

  constructor(private readonly points: ReadonlyMap<string, PlanningPoint>) {}

  /** Where discovery says that a device's interfaces are: switches, as discovery names them. */
  place(deviceId: string, switches: readonly string[]): void {
    if (switches.length > 0) this.switches.set(deviceId, switches);
  }

  /** The point that serves a device; undefined: none that we know. */
  laneOf(deviceId: string): string | undefined {
    for (const id of this.switches.get(deviceId) ?? []) {
      const serving = servingPoint(this.points, id);
      if (serving) return serving.point.facts.id;
    }
    return undefined;
  }

  /** Whether something at a point may concern a device. Of a device that is nowhere nobody knows: it may. */
  concerns(pointId: string, deviceId: string): boolean {
    const switches = this.switches.get(deviceId);
    if (!switches) return true;
    return switches.some((id) => {
      const serving = servingPoint(this.points, id);
      return !serving || serving.point.facts.id === pointId || serving.policy?.facts.id === pointId;
    });
  }
}
