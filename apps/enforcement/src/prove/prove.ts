import type { PointReading } from '#driver';
import type { Finding, Refusal } from '../check/refusal.js';
import type { Verdict } from '../check/check.js';
import type { Known } from '../known.js';
import { answered, type Plan } from '../plan/plan.js';
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
  };
  return { state, proofs: newProofs(known, interfaces, plan ? 'isolate' : 'release') };
}

/** A release takes away everything of ours, also from interfaces that the wish no longer names. */
function macsOf({ known, plan }: ProveInput): string[] {
  if (plan) return known.wanted.macs;
  return [...new Set([...known.wanted.macs, ...known.state.interfaces.map((one) => one.mac)])];
}

function proveOne(input: ProveInput, mac: string, before: InterfaceState): Proven {
  const { plan, readings, known, evidence } = input;
  if (plan === null) return proveLifted(input, mac, before);
  const planned = plan.interfaces.find((one) => one.mac === mac);
  const reading = planned && freshOf(readings, planned.pointId);
  if (planned && reading) return proveIsolation(before, planned, reading, evidence);
  const at = known.location?.interfaces.find((one) => one.mac === mac)?.pointId ?? before.pointId;
  if (at && readings.get(at) instanceof Error) return proveUnread(before);
  return { state: { ...before, truth: 'intended', acknowledgedAt: null }, judgement: null, blindSince: null };
}

/** Lifting is for nothing of ours to be left at any point that answers, and for every point of the device to answer. */
function proveLifted({ known, readings, evidence }: ProveInput, mac: string, before: InterfaceState): Proven {
  if ([...readings.values()].some((one) => one instanceof Error)) return proveUnread(before);
  const number = known.numbers.get(mac);
  const clean = !answered(readings).some((reading) => number !== undefined && holds(reading, number));
  const lifted = known.wanted.mode === 'apply';
  const next = proveRelease(before, clean, before.pointId ? freshOf(readings, before.pointId) : undefined, evidence);
  // Lifted although wanted: what is wanted is not true, whatever else is.
  return lifted ? { ...next, state: { ...next.state, truth: 'intended' } } : next;
}

function holds(reading: PointReading, number: number): boolean {
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

function freshOf(readings: Readings, pointId: string): PointReading | undefined {
  const reading = readings.get(pointId);
  return reading instanceof Error ? undefined : reading;
}

function stateOf(state: DeviceState, mac: string): InterfaceState {
  return state.interfaces.find((one) => one.mac === mac) ?? newInterfaceState(mac);
}
