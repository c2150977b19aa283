import type { PointReadiness, PointView } from '../queries.js';
import { seconds } from './site.js';

/** What keeps a point from isolating anything, as sentences with what to do; none: it can. */
export function faultsOf(point: PointView): string[] {
  const { pointId, silent, reportedAt, reachable, lastFailure, breaker, findings } = point;
  if (silent) return [`Enforcement has not reported ${pointId} since ${reportedAt}: is enforcement running?`];
  if (reachable === false)
    return [`${pointId} does not answer (${lastFailure ?? 'no reason known'}): mend that first.`];
  const faults = reachable === null ? [`${pointId} has not been asked yet: look again in a minute.`] : [];
  if (breaker === 'open')
    faults.push(`${pointId} fails again and again, so it is left alone for a while (${lastFailure ?? ''}).`);
  return [
    ...faults,
    ...findings.filter(({ ok }) => ok === false).map(({ check, detail }) => `${pointId}, ${check}: ${detail}.`),
  ];
}

/** A drill is missing: what was never measured here counts as its worst. */
export function drillMissing({ pointId, confirmed, testPorts }: PointView): string[] {
  if (confirmed) return [];
  const [first] = testPorts;
  const how = first
    ? `lazaret drill ${pointId} --port ${first.port} --mac ${first.mac}`
    : `name a test port in enforcement's file (drills), then lazaret drill ${pointId} --port … --mac …`;
  return [`${pointId} was never drilled, so what it can do counts as its worst: ${how}.`];
}

export function pointReadiness(point: PointView): PointReadiness {
  const { pointId, kind, model, modes } = point;
  const faults = faultsOf(point);
  const usable = modes.filter((mode) => mode.usable);
  const words = usable.map(({ planMode, interruptionMs }) => `${planMode} (${seconds(interruptionMs)})`);
  const none = usable.length === 0 ? [`${pointId} can apply no mode: ${modes.map(refused).join(', ')}.`] : [];
  const missing = [...faults, ...none, ...drillMissing(point)];
  const confirmed = point.confirmed ? `confirmed by ${point.confirmedBy}` : 'unconfirmed';
  const can = usable.length === 0 ? 'can isolate nothing' : `can isolate by ${words.join(', ')}`;
  const ready = faults.length === 0 && usable.length > 0 && point.confirmed;
  return { pointId, kind, model, ready, sentence: `${pointId} ${can}, ${confirmed}.`, missing };
}

function refused({ planMode, reason }: PointView['modes'][number]): string {
  return `${planMode}: ${reason ?? ''}`;
}
