import type { PointHint } from '#driver';
import { servingPoint } from './plan/serving.js';
import type { PlanningPoint } from './read/point.js';

/** A device's interfaces: their MACs, and the switches that they are plugged into, as discovery names them. */
export interface Place {
  macs: readonly string[];
  switches: readonly string[];
}

/**
 * Which point a device waits for, so that a slow point holds back its own devices only, and a hint of a point wakes
 * those that it may concern.
 */
export class Lanes {
  private readonly places = new Map<string, Place>();

  constructor(private readonly points: ReadonlyMap<string, PlanningPoint>) {}

  /** Keeps where discovery says that a device's interfaces are. */
  place(deviceId: string, place: Place): void {
    if (place.switches.length > 0) this.places.set(deviceId, place);
  }

  /** The point that serves a device; undefined: none that we know. */
  laneOf(deviceId: string): string | undefined {
    for (const id of this.places.get(deviceId)?.switches ?? []) {
      const serving = servingPoint(this.points, id);
      if (serving) return serving.point.facts.id;
    }
    return undefined;
  }

  /** Whether a hint may concern a device. Of a device that is nowhere nobody knows: it may. */
  concerns({ pointId, macs }: Pick<PointHint, 'pointId' | 'macs'>, deviceId: string): boolean {
    const place = this.places.get(deviceId);
    if (!place) return true;
    if (macs && !place.macs.some((mac) => macs.includes(mac))) return false;
    return place.switches.some((id) => {
      const serving = servingPoint(this.points, id);
      return !serving || serving.point.facts.id === pointId || serving.policy?.facts.id === pointId;
    });
  }
}
