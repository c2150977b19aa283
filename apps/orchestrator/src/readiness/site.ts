import type { SensorReported } from '#events';
import type { Terms } from '../policy/policy.js';
import type { PointView } from '../queries.js';

/** What readiness looks at beside the device. */
export interface Site {
  points: readonly PointView[];
  sensors: readonly SensorReported['data'][];
  /** The policy's own terms, where no rule says otherwise. */
  terms: Pick<Terms, 'maxInterruptionMs' | 'requireQuarantineVlan'>;
  now: Date;
}

/** Kinds of sensor that see frames, as enforcement's observers; and those that see other things that weigh. */
const SEES_FRAMES: readonly string[] = ['ipfix', 'netflow', 'sflow', 'mirror', 'zeek', 'suricata'];
const WEIGHS: readonly string[] = [...SEES_FRAMES, 'dnsmasq-log', 'syslog'];

/** A sensor reports every 2 s; one whose view has not moved for this long is not counted on. In ms. */
const HEALTHY_MS = 60_000;

type Sensor = SensorReported['data'];

export function isHealthy({ observedUntil, clockOffsetMs }: Sensor, now: Date): boolean {
  if (observedUntil === null) return false;
  return now.getTime() - Date.parse(observedUntil) < HEALTHY_MS + Math.abs(clockOffsetMs);
}

/** The sensors that see frames at a switch's port. */
export function watchersOf(sensors: readonly Sensor[], switchId: string, vlan: number | null): Sensor[] {
  const covering = [`point:${switchId}`, `vlan:${switchId}/${vlan}`];
  return sensors.filter(
    ({ kind, covers }) => SEES_FRAMES.includes(kind) && covers.some((one) => covering.includes(one)),
  );
}

/** The sensors whose observations could weigh against a device at a switch. A resolver's may see any device's look-ups. */
export function weighing(sensors: readonly Sensor[], switchId: string, vlan: number | null): Sensor[] {
  const covering = [`point:${switchId}`, `vlan:${switchId}/${vlan}`];
  return sensors.filter(
    ({ kind, covers }) =>
      WEIGHS.includes(kind) && covers.some((one) => covering.includes(one) || one.startsWith('resolver:')),
  );
}

/** The points by which a switch's ports are isolated, by the planner's rule: its own point before a NAC that names it. */
export function servingPoints(points: readonly PointView[], switchId: string): PointView[] | null {
  const point =
    points.find(({ pointId }) => pointId === switchId) ?? points.find(({ switches }) => switches.includes(switchId));
  if (!point) return null;
  if (point.policyPoint === null) return [point];
  const policy = points.find(({ pointId }) => pointId === point.policyPoint);
  return policy ? [point, policy] : [point];
}

export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export function seconds(ms: number): string {
  return ms === 0 ? 'no interruption' : `cut off for ${(ms / 1000).toFixed(1)} s`;
}
