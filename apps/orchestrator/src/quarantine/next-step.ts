import { sameJson } from '../canonical-json.js';
import { permitsOf } from '../contract/permits.js';
import { evaluate, type Verdict } from '../policy/evaluate.js';
import { atLeast, type Policy, type PolicyInForce, type Terms } from '../policy/policy.js';
import type { Finding } from '../queries.js';
import { allFindings, firstFinding, TO_ACT_ALONE, TO_PROPOSE } from './findings.js';
import type { Quarantine, Situation } from './situation.js';

/** What the service does next about a device, by itself. `verdict` is the policy's, at this moment. */
export type NextStep =
  | { kind: 'none'; verdict: Verdict; findings: Finding[] }
  | { kind: 'propose'; verdict: Verdict }
  | { kind: 'renew'; verdict: Verdict; why: string }
  | { kind: 'reweigh'; verdict: Verdict; findings: Finding[] }
  | { kind: 'approve'; verdict: Verdict }
  | { kind: 'withdraw'; verdict: Verdict; why: string }
  | { kind: 'lapse'; verdict: Verdict }
  | { kind: 'review-due'; verdict: Verdict }
  | { kind: 'close'; verdict: Verdict; why: string };

/**
 * The next step about a device, from all that is known of it. Pure: asked again in the same situation it says the same,
 * so that events are hints, and one that comes twice or never changes nothing.
 */
export function nextStep(inForce: PolicyInForce, situation: Situation, now: Date): NextStep {
  const { open } = situation;
  const verdict = evaluate(inForce.policy, situation.device, situation.assessment);
  if (!open) return withoutQuarantine(inForce.policy, verdict, situation);
  switch (open.decision) {
    case 'proposed':
      return proposed(inForce, verdict, situation, open, now);
    case 'approved':
      if (open.reviewAt && now >= open.reviewAt && !open.reviewDue) return { kind: 'review-due', verdict };
      return { kind: 'none', verdict, findings: [] };
    case 'released':
      return released(inForce.policy, verdict, situation, open, now);
    case 'rejected':
    case 'withdrawn':
    case 'lapsed':
    case 'closed':
      throw new Error(`a quarantine that is ${open.decision} is not open`);
  }
}

function withoutQuarantine(policy: Policy, verdict: Verdict, situation: Situation): NextStep {
  const findings = allFindings(TO_PROPOSE, { policy, verdict, situation });
  const quiet = verdict.outcome === 'observe' || olderThanRelease(situation) || answeredAlready(verdict, situation);
  if (quiet) return { kind: 'none', verdict, findings: [] };
  return findings.length > 0 ? { kind: 'none', verdict, findings } : { kind: 'propose', verdict };
}

/** After a release only evidence observed later weighs: an assessment with older evidence has not heard of it yet. */
function olderThanRelease({ assessment, releasedAt }: Situation): boolean {
  if (!releasedAt) return false;
  return !assessment?.firstEvidenceAt || new Date(assessment.firstEvidenceAt) <= releasedAt;
}

/**
 * People have said no, or let a proposal lapse, on this evidence. It stands until the level is higher than it was then,
 * or has been below propose since; otherwise each new assessment would ask again at once.
 */
function answeredAlready(verdict: Verdict, { past, belowProposeAt }: Situation): boolean {
  if (past?.decision !== 'rejected' && past?.decision !== 'lapsed') return false;
  const risen = atLeast(verdict.level, past.level) && verdict.level !== past.level;
  return !risen && !(belowProposeAt !== null && belowProposeAt > past.decidedAt);
}

function proposed(
  { policy, version }: PolicyInForce,
  verdict: Verdict,
  situation: Situation,
  open: Quarantine,
  now: Date,
): NextStep {
  const untouchable = firstFinding(TO_PROPOSE, { policy, verdict, situation });
  if (untouchable) return { kind: 'withdraw', verdict, why: untouchable.message };
  if (open.requestedBy === 'policy' && verdict.outcome === 'observe') {
    return { kind: 'withdraw', verdict, why: 'the evidence has fallen below what the policy asks for' };
  }
  if (open.lapseAt && now >= open.lapseAt) return { kind: 'lapse', verdict };
  const why = staleness(version, verdict, situation, open);
  if (why) return { kind: 'renew', verdict, why };
  const findings = allFindings(TO_ACT_ALONE, { policy, verdict, situation });
  if (findings.length === 0) return { kind: 'approve', verdict };
  return weighsAnew(verdict, situation, open)
    ? { kind: 'reweigh', verdict, findings }
    : { kind: 'none', verdict, findings };
}

/** Why the preview no longer asks for what would be wanted; null: it does. */
function staleness(
  version: string,
  verdict: Verdict,
  { contract, device, epoch }: Situation,
  open: Quarantine,
): string | null {
  if (open.epoch !== epoch) return 'the database was restored';
  if (open.policyVersion !== version) return 'the policy has changed';
  if (!sameJson(open.permits, permitsOf(contract.flows, device.interfaces))) return 'the contract has changed';
  if (!sameJson(open.macs, macsOf(device))) return 'the interfaces have changed';
  return sameAsk(open.terms, verdict.terms) ? null : 'the rule that applies has changed';
}

/** The interfaces to isolate: all of them. */
export function macsOf(device: Pick<Situation['device'], 'interfaces'>): string[] {
  return [...new Set(device.interfaces.map(({ mac }) => mac))].sort();
}

/** The terms that a plan depends on. */
function sameAsk(a: Terms, b: Terms): boolean {
  return (
    a.requireQuarantineVlan === b.requireQuarantineVlan &&
    a.maxInterruptionMs === b.maxInterruptionMs &&
    a.onClinicalBroken === b.onClinicalBroken
  );
}

function weighsAnew(verdict: Verdict, { assessment }: Situation, open: Quarantine): boolean {
  return (
    (assessment !== null && assessment.assessmentId !== open.assessment?.assessmentId) ||
    verdict.level !== open.level ||
    (verdict.rule !== open.rule && open.requestedBy === 'policy') ||
    verdict.terms.approvals.count !== open.terms.approvals.count
  );
}

function released(policy: Policy, verdict: Verdict, situation: Situation, open: Quarantine, now: Date): NextStep {
  const wanted = verdict.outcome !== 'observe' && !olderThanRelease(situation);
  if (wanted && !firstFinding(TO_PROPOSE, { policy, verdict, situation })) {
    return { kind: 'close', verdict, why: 'new evidence since the release' };
  }
  // An overlay that is not known to be gone keeps its quarantine open: people must see it.
  if (open.closeAt && now >= open.closeAt && open.truth === 'proven')
    return { kind: 'close', verdict, why: 'the probation is over' };
  return { kind: 'none', verdict, findings: [] };
}
