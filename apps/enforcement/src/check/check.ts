import { beyondApproval } from '../plan/approval.js';
import { honest } from '../plan/modes.js';
import type { Plan, PlannedInterface } from '../plan/planned.js';
import type { PendingStep } from '../plan/pending-step.js';
import { shown } from '../plan/shown.js';
import type { PlanningPoint, Readings } from '../read/point.js';
import { interfaceOf } from '../read/location.js';
import type { Known } from '../known.js';
import { compareAge, type Isolation } from '../wanted/wanted.js';
import { PUT_BACK_AT_MOST, changedByHand, drifted } from './hands.js';
import { interlocked } from './interlocks.js';
import type { Finding, Interlocks, Refusal } from './refusal.js';

/** A step that may be taken now; `putsBack` what has drifted: such a step is counted. */
export interface AllowedStep extends PendingStep {
  putsBack: string | null;
}

export interface Verdict {
  steps: AllowedStep[];
  refusals: Refusal[];
  findings: Finding[];
}

export interface CheckInput {
  known: Known & { wanted: Isolation };
  plan: Plan;
  pending: readonly PendingStep[];
  readings: Readings;
  points: ReadonlyMap<string, PlanningPoint>;
  interlocks: Interlocks;
}

/** Which of the pending steps of an isolation may be taken now, and why not the others. */
export function check(input: CheckInput): Verdict {
  const { known, plan, pending } = input;
  const { wanted, state } = known;
  if (compareAge(wanted, state) < 0) return refuseAll(plan, 'stale-generation', 'a newer generation is applied');
  const findings = [...ambiguous(input), ...conflict(input)];
  const drift = new Map(plan.interfaces.flatMap((one) => driftOf(input, one)));
  for (const reason of drift.values()) findings.push({ condition: 'Drifted', reason, observer: 'enforcement' });
  if (wanted.frozen) return { steps: [], refusals: [], findings: [...findings, held] };
  if (findings.some((one) => one.condition === 'Conflict')) return { steps: [], refusals: [], findings };
  const unapproved = notApproved(input);
  if (unapproved) return { ...refuseAll(plan, 'plan-changed', unapproved), findings };
  const refusals = plan.interfaces.flatMap((one) => refusalOf(input, one));
  const steps = pending
    .filter((step) => step.purpose !== 'isolate' || !refusals.some((one) => one.mac === step.mac))
    .map((step) => ({ ...step, putsBack: drift.get(step.mac) ?? null }));
  return { steps, refusals, findings };
}

const held: Finding = { condition: 'Held', reason: 'people hold all writes but a release', observer: 'orchestrator' };

/** Our own last plan needs no approval again; another one must not go beyond what was approved. */
function notApproved({ known, plan }: CheckInput): string | null {
  const { wanted, state, approved } = known;
  const isSameWish = compareAge(wanted, state) === 0;
  if (isSameWish && state.refusal === 'plan-changed' && !state.firstAppliedAt) return 'the approval was given back';
  if (plan.interfaces.length === 0 || plan.digest === wanted.planDigest) return null;
  if (state.firstAppliedAt && plan.digest === state.appliedDigest) return null;
  return beyondApproval(plan, approved, state.firstAppliedAt === null);
}

function refusalOf({ known, readings, points, interlocks }: CheckInput, planned: PlannedInterface): Refusal[] {
  const reading = readings.get(planned.pointId);
  const point = points.get(planned.pointId);
  if (!point || !reading || reading instanceof Error) return [];
  const refusal = interlocked({
    planned,
    location: known.location,
    neighbours: known.neighbours,
    reading,
    facts: point.facts,
    perSession: honest(point.profile).perSession,
    applied: wasApplied(known, planned),
    interlocks,
  });
  return refusal ? [refusal] : [];
}

function wasApplied({ state }: Known, { mac, pointId, port }: PlannedInterface): boolean {
  const before = state.interfaces.find((one) => one.mac === mac);
  return before?.permitsInAt != null && before.pointId === pointId && before.isolation?.port === port;
}

/** A conflict stays until the point is as planned again, people end a hold, or another quarantine begins. */
function conflict(input: CheckInput): Finding[] {
  const { known, plan } = input;
  const before = known.state.conditions.find((one) => one.condition === 'Conflict');
  const ended = known.unfrozenAt !== null && before !== undefined && known.unfrozenAt > new Date(before.since);
  if (before && !ended && !plan.interfaces.every((one) => isAsPlanned(input, one))) {
    return [{ condition: 'Conflict', reason: before.reason, observer: before.observer }];
  }
  if (known.wanted.frozen) return [];
  return plan.interfaces.flatMap((one) => {
    const reason = handAt(input, one) ?? driftedTooOften(input, one);
    return reason ? [{ condition: 'Conflict' as const, reason, observer: 'enforcement' }] : [];
  });
}

function handAt(input: CheckInput, planned: PlannedInterface): string | null {
  const now = shown(planned, input.readings);
  const state = stateOf(input, planned.mac);
  return now && state ? changedByHand(state, planned, now, input.known.unfrozenAt) : null;
}

function driftOf(input: CheckInput, planned: PlannedInterface): [string, string][] {
  const now = shown(planned, input.readings);
  const state = stateOf(input, planned.mac);
  const what = now && state ? drifted(state, planned, now, input.known.unfrozenAt) : null;
  return what ? [[planned.mac, what]] : [];
}

function driftedTooOften(input: CheckInput, planned: PlannedInterface): string | null {
  const [drift] = driftOf(input, planned);
  const { unfrozenAt, putBack } = input.known;
  const counted = putBack.filter((at) => unfrozenAt === null || at > unfrozenAt).length;
  return drift && counted >= PUT_BACK_AT_MOST ? `${drift[1]}, after ${counted} repairs in ten minutes` : null;
}

function ambiguous({ known }: CheckInput): Finding[] {
  return known.wanted.macs.flatMap((mac) =>
    interfaceOf(known.location, mac)?.ambiguous
      ? [{ condition: 'Ambiguous' as const, reason: `${mac} is seen at more than one port`, observer: 'discovery' }]
      : [],
  );
}

function isAsPlanned(input: CheckInput, planned: PlannedInterface): boolean {
  const now = shown(planned, input.readings);
  return now !== null && now.permitsIn && now.placed && !now.foreignPolicy;
}

function stateOf({ known }: CheckInput, mac: string) {
  return known.state.interfaces.find((one) => one.mac === mac);
}

function refuseAll(plan: Plan, reason: string, message: string): Verdict {
  return { steps: [], refusals: plan.interfaces.map(({ mac }) => ({ mac, reason, message })), findings: [] };
}
