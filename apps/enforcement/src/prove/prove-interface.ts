import type { PointReading } from '#driver';
import { isSame } from '../plan/canonical.js';
import type { StepOutcome } from '../apply/outcome.js';
import type { PlannedInterface } from '../plan/plan.js';
import { entriesMatch, portMatches } from '../plan/steps.js';
import { judge, type Judgement } from './judge.js';
import { observersOf, blindSince, type Observer } from './observers.js';
import type { ProofFacts } from './proof.js';
import { newInterfaceState, unproven, type InterfaceState } from '../seen/state.js';
import { weaker } from '../seen/truth.js';

/** What one run of the loop has found out beside the plan. */
export interface Evidence {
  proofs: ReadonlyMap<string, ProofFacts>;
  observers: readonly Observer[];
  outcomes: readonly StepOutcome[];
  startedAt: Date;
  now: Date;
}

/** An interface after this run, and what observers say of it; `judgement` is null until it is acknowledged. */
export interface Proven {
  state: InterfaceState;
  judgement: Judgement | null;
  blindSince: Date | null;
}

/** The state of an interface by a fresh reading of its point: pure. */
export function proveIsolation(
  before: InterfaceState,
  planned: PlannedInterface,
  reading: PointReading,
  evidence: Evidence,
): Proven {
  const port = reading.ports.find((one) => one.port === planned.port);
  const entriesIn = entriesMatch(reading, planned);
  const portIn = portMatches(port, planned);
  const base = continues(before, planned)
    ? { ...before, isolation: planned.isolation }
    : { ...newInterfaceState(before.mac), pointId: planned.pointId, isolation: planned.isolation };
  const placed = {
    ...base,
    vlan: port?.vlan ?? null,
    permitsInAt: entriesIn ? (base.permitsInAt ?? reading.readAt) : null,
    movedAt: portIn && planned.mode === 'vlan-bridged' ? (base.movedAt ?? reading.readAt) : null,
  };
  if (entriesIn && portIn) return acknowledged(placed, reading, evidence);
  const undone = { ...placed, ...unproven, truth: 'intended' as const, acknowledgedAt: null };
  return { state: withOutcomes(undone, evidence.outcomes), judgement: null, blindSince: null };
}

/** An interface whose overlay is taken away: `clean` when the points hold nothing of ours any more. */
export function proveRelease(
  before: InterfaceState,
  clean: boolean,
  reading: PointReading | undefined,
  evidence: Evidence,
): Proven {
  const port = reading?.ports.find((one) => one.port === before.isolation?.port);
  const base = { ...before, vlan: port ? port.vlan : before.vlan };
  if (clean && !before.isolation) return neverApplied(base, evidence.now);
  if (clean) return acknowledged(base, reading, evidence);
  const undone = { ...base, ...unproven, truth: 'intended' as const, acknowledgedAt: null };
  return { state: withOutcomes(undone, evidence.outcomes), judgement: null, blindSince: null };
}

/** Nothing was ever applied there and nothing of ours is: no traffic could show more than this reading. */
function neverApplied(base: InterfaceState, now: Date): Proven {
  const acknowledgedAt = base.acknowledgedAt ?? now;
  return { state: { ...base, truth: 'proven', acknowledgedAt, readBackAt: now }, judgement: null, blindSince: null };
}

/** An interface of which the point can't be read now: nothing is claimed beyond what was read before. */
export function proveUnread(before: InterfaceState): Proven {
  return { state: { ...before, truth: weaker(before.truth, 'acknowledged') }, judgement: null, blindSince: null };
}

/** Read back as planned: acknowledged; and proven as soon as observers show both other parts. */
function acknowledged(placed: InterfaceState, reading: PointReading | undefined, evidence: Evidence): Proven {
  const { proofs, startedAt, now } = evidence;
  const state: InterfaceState = {
    ...placed,
    truth: 'acknowledged',
    bootId: reading?.bootId ?? placed.bootId,
    readBackAt: reading?.readAt ?? now,
    acknowledgedAt: placed.acknowledgedAt ?? now,
  };
  const observers = observersFor(state, evidence.observers);
  const blind = blindSince(observers, startedAt, now);
  const facts = proofs.get(state.mac);
  if (!facts || facts.since !== state.acknowledgedAt?.getTime()) {
    return { state: { ...state, ...unproven }, judgement: null, blindSince: blind };
  }
  const judgement = judge(facts, observers);
  return { state: proven(state, facts, judgement, blind !== null, now), judgement, blindSince: blind };
}

function proven(
  state: InterfaceState,
  facts: ProofFacts,
  judged: Judgement,
  blind: boolean,
  now: Date,
): InterfaceState {
  const clinical = judged.broken.length === 0 ? judged.clinical : null;
  const whole = judged.contained !== null && clinical !== null && !blind;
  return {
    ...state,
    truth: whole ? 'proven' : 'acknowledged',
    deniedFrames: facts.deniedFrames,
    containedAt: judged.contained ? (state.containedAt ?? now) : null,
    containedBy: judged.contained,
    clinical: clinical?.how ?? null,
    clinicalAt: clinical ? (facts.moved ? new Date(facts.moved.at) : (state.clinicalAt ?? now)) : null,
    clinicalBy: clinical?.by ?? null,
  };
}

/** The observers that would see a frame of this interface. */
export function observersFor({ pointId, isolation }: InterfaceState, observers: readonly Observer[]): Observer[] {
  if (!pointId || !isolation) return [];
  const vlans = [isolation.homeVlan, ...(isolation.quarantineVlan === null ? [] : [isolation.quarantineVlan])];
  return observersOf(observers, pointId, vlans);
}

/** The same place and the same rules: what was proven there goes on, whatever the generation. */
function continues(before: InterfaceState, planned: PlannedInterface): boolean {
  return before.pointId === planned.pointId && isSame(before.isolation, planned.isolation);
}

/** What the point has acknowledged in this run; the next run reads it back. */
function withOutcomes(state: InterfaceState, outcomes: readonly StepOutcome[]): InterfaceState {
  for (const outcome of outcomes) {
    if (outcome.kind !== 'done' || outcome.step.mac !== state.mac || outcome.step.pointId !== state.pointId) continue;
    const { at, bootId } = outcome;
    switch (outcome.step.step.kind) {
      case 'install-entries':
        return { ...state, permitsInAt: at, bootId };
      case 'move-port':
        return { ...state, movedAt: at, bootId };
      case 'restore-port':
        return outcome.step.purpose === 'clean' ? state : { ...state, movedAt: at, bootId };
      case 'remove-entries':
        return state;
    }
  }
  return state;
}
