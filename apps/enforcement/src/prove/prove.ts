import type { PointReading } from '#driver';
import type { Finding, Refusal } from '../check/refusal.js';
import type { Verdict } from '../check/check.js';
import type { Known } from '../known.js';
import { answered } from '../plan/plan.js';
import type { Plan, PlannedInterface } from '../plan/planned.js';
import { isStillMoved } from '../plan/release-steps.js';
import { servingPoint } from '../plan/serving.js';
import { freshOf, shown } from '../plan/shown.js';
import type { Left } from '../plan/pending-step.js';
import type { PlanningPoint } from '../read/point.js';
import type { Readings } from '../read/point.js';
import { startProof, type ProofFacts } from './proof.js';
import type { Isolation } from '../wanted/wanted.js';
import { proveIsolation, proveRelease, proveUnread, type Proven, type Evidence } from './prove-interface.js';
import { conditionsFrom } from '../seen/conditions.js';
import { newInterfaceState, toBeLifted, type DeviceState, type InterfaceState } from '../seen/state.js';
import { weaker } from '../seen/truth.js';

export interface ProveInput {
  known: Known & { wanted: Isolation };
  /** null: the overlay is being taken away. */
  plan: Plan | null;
  readings: Readings;
  points: ReadonlyMap<string, PlanningPoint>;
  verdict: Verdict;
  evidence: Evidence;
}

/** A device after this run of the loop, and the proofs that begin with it. */
export interface Next {
  state: DeviceState;
  proofs: Map<string, ProofFacts>;
}

/** What this run makes of the device's state: pure. */
export function prove(input: ProveInput): Next {
  const { known, plan, evidence } = input;
  const { wanted, state: before } = known;
  const proven = macsOf(input).map((mac) => proveOne(input, mac, stateOf(before, mac)));
  const interfaces = proven.map((one) => one.state);
  const refusals = [...input.verdict.refusals, ...refusedSteps(evidence)];
  const findings = [...input.verdict.findings, ...findingsOf(input, proven, refusals)];
  const applied = plan !== null && interfaces.length > 0 && interfaces.every((one) => one.acknowledgedAt !== null);
  const broken = proven.some((one) => (one.judgement?.broken.length ?? 0) > 0);
  const lift = broken && plan !== null && wanted.onClinicalBroken === 'lift' && !wanted.frozen;
  const state: DeviceState = {
    ...before,
    quarantineId: wanted.quarantineId,
    epoch: wanted.epoch,
    generation: wanted.generation,
    mode: wanted.mode,
    planDigest: digestOf(input),
    appliedDigest: applied ? plan.digest : before.appliedDigest,
    truth: interfaces.map((one) => one.truth).reduce(weaker, interfaces.length > 0 ? 'proven' : 'intended'),
    refusal: refusalOf(plan, refusals),
    conditions: conditionsFrom(findings, before.conditions, evidence.now),
    firstAppliedAt: before.firstAppliedAt ?? (applied ? evidence.now : null),
    liftedFor: lift ? wanted.quarantineId : before.liftedFor,
    interfaces: lift ? interfaces.map(toBeLifted) : interfaces,
    left: leftOf(input),
  };
  return { state, proofs: newProofs(known, interfaces, plan ? 'isolate' : 'release') };
}

/** A release takes away everything of ours, also from interfaces that the wish no longer names. */
function macsOf({ known, plan }: ProveInput): string[] {
  if (plan) return known.wanted.macs;
  return [...new Set([...known.wanted.macs, ...known.state.interfaces.map((one) => one.mac)])];
}

function proveOne(input: ProveInput, mac: string, before: InterfaceState): Proven {
  const { plan, readings, evidence } = input;
  if (plan === null) return proveLifted(input, mac, before);
  const planned = plan.interfaces.find((one) => one.mac === mac);
  const now = planned && shown(planned, readings);
  if (now) return proveIsolation(before, planned, now, evidence);
  if (isUnread(input, mac, before)) return proveUnread(before);
  return { state: { ...before, truth: 'intended', acknowledgedAt: null }, judgement: null, blindSince: null };
}

/** Lifting is for nothing of ours to be left at any point that answers, and for every point of the device to answer. */
/** A point that tells of the interface could not be read. */
function isUnread({ known, readings, points }: ProveInput, mac: string, before: InterfaceState): boolean {
  const switchId = known.location?.interfaces.find((one) => one.mac === mac)?.pointId;
  const point = switchId ? servingPoint(points, switchId)?.point.facts : undefined;
  const ids = [point?.id ?? before.pointId, point?.policyPoint];
  return ids.some((id) => id && readings.get(id) instanceof Error);
}

function proveLifted({ known, readings, points, evidence }: ProveInput, mac: string, before: InterfaceState): Proven {
  if ([...readings.values()].some((one) => one instanceof Error)) return proveUnread(before);
  const number = known.numbers.get(mac);
  const held = answered(readings).some((reading) => holds(reading, mac, number));
  const moved = placesOf(before, known.state.left).some((one) => isStillMoved(one, { readings, points }));
  const clean = !held && !moved;
  const lifted = known.wanted.mode === 'apply';
  const next = proveRelease(before, clean, before.pointId ? freshOf(readings, before.pointId) : undefined, evidence);
  // Lifted although wanted: what is wanted is not true, whatever else is.
  return lifted ? { ...next, state: { ...next.state, truth: 'intended' } } : next;
}

/** Where an interface is isolated as we remember it, and where it has been. */
function placesOf({ mac, pointId, isolation }: InterfaceState, left: readonly Left[]): Left[] {
  return [...(pointId && isolation ? [{ mac, pointId, isolation }] : []), ...left.filter((one) => one.mac === mac)];
}

/** Places that hold no mark of ours and are not put back yet; one that an interface leaves in this run is added. */
function leftOf({ known, plan, readings, points }: ProveInput): Left[] {
  const leaving = known.state.interfaces.flatMap(({ mac, pointId, isolation }) => {
    const planned = plan?.interfaces.find((one) => one.mac === mac);
    return planned && pointId && isolation && !isSamePlace(planned, pointId, isolation.port)
      ? [{ mac, pointId, isolation }]
      : [];
  });
  const isHere = ({ pointId, isolation }: Left): boolean =>
    plan?.interfaces.some((one) => isSamePlace(one, pointId, isolation.port)) ?? false;
  return [...known.state.left, ...leaving].filter((one) => {
    const unread = readings.get(one.pointId) instanceof Error || !readings.has(one.pointId);
    return !isHere(one) && (unread || isStillMoved(one, { readings, points }));
  });
}

function isSamePlace(planned: PlannedInterface, pointId: string, port: string): boolean {
  return planned.pointId === pointId && planned.port === port;
}

function holds(reading: PointReading, mac: string, number: number | undefined): boolean {
  if (reading.policies.some((one) => one.mac === mac && one.ours)) return true;
  if (reading.sessions.some((one) => one.mac === mac && one.isolated)) return true;
  if (number === undefined) return false;
  return (
    reading.entries.some((one) => one.deviceNumber === number) ||
    reading.ports.some((one) => one.mark?.deviceNumber === number)
  );
}

function findingsOf(
  { known, plan, readings, evidence }: ProveInput,
  proven: readonly Proven[],
  refusals: readonly Refusal[],
): Finding[] {
  const findings: Finding[] = [];
  const add = (condition: Finding['condition'], reason: string, observer: string) =>
    findings.push({ condition, reason, observer });
  for (const [pointId, error] of readings) {
    if (error instanceof Error) add('Unreachable', `${pointId}: ${error.code}`, pointId);
  }
  for (const outcome of evidence.outcomes) {
    if (outcome.kind !== 'failed') continue;
    if (outcome.retry === 'ambiguous')
      add('Unreachable', `${outcome.step.pointId}: ${outcome.code}`, outcome.step.pointId);
    if (outcome.retry === 'permanent') add('Failed', `${outcome.step.text}: ${outcome.code}`, outcome.step.pointId);
  }
  for (const one of plan?.interfaces ?? []) findings.push(...pendingReconnect(one, readings));
  for (const { mac, message } of refusals) add('Failed', `${mac}: ${message}`, 'enforcement');
  for (const { mac, reason } of plan?.unplanned ?? []) {
    if (reason !== 'point-unreachable') add('Failed', `${mac}: ${reason}`, 'enforcement');
  }
  for (const { state, judgement, blindSince } of proven) {
    if (blindSince && state.acknowledgedAt)
      add('Blind', `nobody watches ${state.pointId ?? 'its point'}`, 'enforcement');
    for (const flow of judgement?.broken ?? []) add('ClinicalBroken', `flow ${flow} fails`, 'enforcement');
  }
  if (plan === null && known.wanted.mode === 'apply') {
    findings.push(...known.state.conditions.filter((one) => one.condition === 'ClinicalBroken'));
  }
  return findings;
}

/** What is assigned takes effect when the device connects again: nobody has a session, or nothing can renew it. */
function pendingReconnect(planned: PlannedInterface, readings: Readings): Finding[] {
  const now = shown(planned, readings);
  if (!now || planned.profile.state === 'port' || !now.permitsIn || now.placed) return [];
  if (now.sessions.length > 0 && planned.profile.renews) return [];
  const reason =
    now.sessions.length === 0
      ? `${planned.mac} has no live session: what is assigned holds from its next one`
      : `nothing can renew the session of ${planned.mac}: what is assigned holds from its next one`;
  return [{ condition: 'PendingReconnect', reason, observer: planned.policyPointId ?? planned.pointId }];
}

function refusedSteps({ outcomes }: Evidence): Refusal[] {
  return outcomes.flatMap((one) =>
    one.kind === 'refused' && one.reason === 'isolations-an-hour'
      ? [{ mac: one.step.mac, reason: one.reason, message: one.message }]
      : [],
  );
}

/** Why nothing at all is applied; null while at least one interface can be. */
function refusalOf(plan: Plan | null, refusals: readonly Refusal[]): string | null {
  if (plan === null) return null;
  const open = plan.interfaces.filter((one) => !refusals.some((refusal) => refusal.mac === one.mac));
  if (open.length > 0) return null;
  const unplanned = plan.unplanned.find((one) => one.reason !== 'point-unreachable');
  return refusals[0]?.reason ?? unplanned?.reason ?? null;
}

/** While a point can't be read its part is missing from the plan, so the last whole digest stands. */
function digestOf({ plan, readings, known }: ProveInput): string | null {
  if (plan === null) return null;
  const whole = [...readings.values()].every((one) => !(one instanceof Error));
  return whole ? plan.digest : (known.state.planDigest ?? known.wanted.planDigest);
}

/** A proof begins where an interface was acknowledged in this run, or was since the last proof. */
function newProofs(
  known: Known,
  interfaces: readonly InterfaceState[],
  purpose: ProofFacts['purpose'],
): Map<string, ProofFacts> {
  const proofs = new Map<string, ProofFacts>();
  for (const { mac, acknowledgedAt } of interfaces) {
    if (!acknowledgedAt || known.proofs.get(mac)?.since === acknowledgedAt.getTime()) continue;
    proofs.set(mac, startProof(purpose, acknowledgedAt));
  }
  return proofs;
}

function stateOf(state: DeviceState, mac: string): InterfaceState {
  return state.interfaces.find((one) => one.mac === mac) ?? newInterfaceState(mac);
}
