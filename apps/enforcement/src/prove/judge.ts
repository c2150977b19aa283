import type { Observer } from './observers.js';
import { FAILURE_WINDOW_MS, type ProofFacts } from './proof.js';

/** For this long after a denied frame nothing forbidden may be seen. In ms. */
export const QUIET_AFTER_DENIED_MS = 500;
/** A device that tries nothing forbidden: nothing forbidden for this long. In ms. */
export const QUIET_SILENT_MS = 60_000;
/** No permitted frame for this long after acknowledged: the device asks for nothing. In ms. */
export const NO_DEMAND_MS = 10_000;
/** This many failed permitted attempts within a minute: the clinic is broken. */
export const BROKEN_AFTER = 3;

/** What the facts prove at this moment. */
export interface Judgement {
  contained: string | null;
  clinical: { how: 'moved' | 'no-demand'; by: string } | null;
  /** The flows whose permitted attempts fail. */
  broken: string[];
}

/**
 * Judges the facts by what the observers of the interface have reported so far: `observedUntil`, not our clock, says
 * that nothing forbidden has been seen up to a moment. `contained` names the observer that shows it.
 */
export function judge(facts: ProofFacts, reporting: readonly Observer[]): Judgement {
  const observers = reporting.map((one) => ({ ...one, observedUntil: latest(one, facts) }));
  const contained = facts.purpose === 'isolate' ? containedBy(facts, observers) : undeniedBy(facts, observers);
  return { contained, clinical: clinicalOf(facts, observers), broken: brokenFlows(facts, observers) };
}

function latest({ sensorId, observedUntil }: Observer, facts: ProofFacts): Date {
  return new Date(Math.max(observedUntil.getTime(), facts.observed[sensorId] ?? 0));
}

function containedBy({ denied, breach, since }: ProofFacts, observers: readonly Observer[]): string | null {
  if (denied) {
    const observer = observers.find((one) => one.sensorId === denied.sensorId);
    if (observer && observer.observedUntil.getTime() >= denied.at + QUIET_AFTER_DENIED_MS) return observer.sensorId;
  }
  return reportedPast(observers, Math.max(since, breach?.at ?? 0), QUIET_SILENT_MS);
}

/** A release is proven when nothing of the device is denied any more. */
function undeniedBy({ breach, since }: ProofFacts, observers: readonly Observer[]): string | null {
  return reportedPast(observers, Math.max(since, breach?.at ?? 0), QUIET_AFTER_DENIED_MS);
}

function clinicalOf(facts: ProofFacts, observers: readonly Observer[]): Judgement['clinical'] {
  if (facts.moved) return { how: 'moved', by: facts.moved.sensorId };
  if (facts.demand) return null;
  const by = reportedPast(observers, facts.since, NO_DEMAND_MS);
  return by ? { how: 'no-demand', by } : null;
}

function brokenFlows(facts: ProofFacts, observers: readonly Observer[]): string[] {
  const latest = Math.max(facts.since, ...observers.map((one) => one.observedUntil.getTime()));
  return Object.entries(facts.failures)
    .filter(([, times]) => times.filter((at) => at > latest - FAILURE_WINDOW_MS).length >= BROKEN_AFTER)
    .map(([flowId]) => flowId)
    .sort();
}

/** The observer that has reported everything for `ms` after a moment of its own clock. */
function reportedPast(observers: readonly Observer[], from: number, ms: number): string | null {
  const done = observers.find((one) => one.observedUntil.getTime() >= from + Math.abs(one.clockOffsetMs) + ms);
  return done?.sensorId ?? null;
}
