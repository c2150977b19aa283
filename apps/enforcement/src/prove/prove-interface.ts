import type { PointReading } from '#driver';
import { isSame } from '../plan/canonical.js';
import type { StepOutcome } from '../apply/outcome.js';
import type { PlannedInterface } from '../plan/planned.js';
import type { Shown } from '../plan/shown.js';
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
  now: Shown,
  evidence: Evidence,
): Proven {
  const { reading, permitsIn, placed: inPlace, vlan } = now;
  const base = continues(before, planned) ? { ...before, isolation: planned.isolation } : movedOn(before, planned);
  const placed = {
    ...base,
    vlan,
    permitsInAt: permitsIn ? (base.permitsInAt ?? reading.readAt) : null,
    movedAt: inPlace && planned.mode !== 'filter' ? (base.movedAt ?? reading.readAt) : null,
  };
  if (permitsIn && inPlace) return acknowledged(placed, reading, evidence);
  const undone = { ...placed, ...unproven, truth: 'intended' as const, acknowledgedAt: null };
  return { state: withOutcomes(undone, evidence), judgement: null, blindSince: null };
}

/** Another place or other rules are earned anew; which session was told last stays known. */
function movedOn({ mac, renewed }: InterfaceState, { pointId, isolation }: PlannedInterface): InterfaceState {
  return { ...newInterfaceState(mac), renewed, pointId, isolation };
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
  return { state: withOutcomes(undone, evidence), judgement: null, blindSince: null };
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
  return pointId && isolation ? observersOf(observers, isolation) : [];
}

/** The same place and the same rules: what was proven there goes on, whatever the generation. */
function continues(before: InterfaceState, planned: PlannedInterface): boolean {
  return before.pointId === planned.pointId && isSame(before.isolation, planned.isolation);
}

/** What the point has acknowledged in this run; the next run reads it back. */
function withOutcomes(state: InterfaceState, { outcomes, now }: Evidence): InterfaceState {
  for (const outcome of outcomes) {
    if (outcome.kind === 'refused' || outcome.step.mac !== state.mac) continue;
    const { step } = outcome.step;
    if (outcome.kind === 'failed' && outcome.code === 'no-session') continue;
    // Told is told, whatever came of it: a session is not cut off again because an answer was lost.
    if (step.kind === 'renew-session') return { ...state, renewed: { sessionId: step.sessionId, at: now } };
    if (outcome.kind !== 'done') continue;
    if (step.kind === 'set-policy') return { ...state, permitsInAt: outcome.at };
    if (outcome.step.pointId !== state.pointId) continue;
    const { at, bootId } = outcome;
    switch (step.kind) {
      case 'install-entries':
        return { ...state, permitsInAt: at, bootId };
      case 'move-port':
        return { ...state, movedAt: at, bootId };
      case 'restore-port':
        return outcome.step.purpose === 'clean' ? state : { ...state, movedAt: at, bootId };
      case 'remove-entries':
      case 'clear-policy':
        return state;
    }
  }
  return state;
}
