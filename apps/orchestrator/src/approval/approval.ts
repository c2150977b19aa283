import type { Actor, ApprovalRequest, ApproveProblem, ProblemName, Refusal } from '../commands.js';
import { TO_APPROVE, firstFinding, type Case } from '../quarantine/findings.js';

/** An admin administers; isolating a device of the clinic is an approver's word. */
export function mayApprove({ role }: Actor): boolean {
  return role === 'approver';
}

/**
 * Why an approval is not counted; null: it is. It is bound to the plan and the policy that the approver saw; the
 * requester does not approve, and nobody counts twice.
 */
export function refusalOfApproval(
  input: Case,
  policyVersion: string,
  request: ApprovalRequest,
  actor: Actor,
  approvals: readonly { person: string }[],
): Refusal<ApproveProblem> | null {
  const { open } = input.situation;
  if (open?.decision !== 'proposed') return no('already-decided', `It is ${open?.decision ?? 'closed'}.`);
  const finding = firstFinding(TO_APPROVE, input);
  if (finding) return no(finding.reason as ApproveProblem, finding.message);
  if (request.policyVersion !== policyVersion || open.policyVersion !== policyVersion) {
    return { ...no('plan-stale', 'The policy has changed since you looked.'), stale: 'policy' };
  }
  if (request.planDigest !== open.planDigest) {
    return { ...no('plan-stale', 'The plan has changed since you looked.'), stale: 'plan' };
  }
  if (actor.name === open.requestedBy) return no('same-person', 'Who asks for an isolation does not approve it.');
  if (approvals.some(({ person }) => person === actor.name)) return no('same-person', 'You have approved it already.');
  return null;
}

/** A refusal as a command's result. */
export function refused<P extends ProblemName>(problem: P, message: string): { ok: false; refusal: Refusal<P> } {
  return { ok: false, refusal: { problem, message } };
}

function no(problem: ApproveProblem, message: string): Refusal<ApproveProblem> {
  return { problem, message };
}
