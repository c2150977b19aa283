import { assessment, device, inForce } from '../testing/examples.js';
import { situation, withProposal } from '../testing/situations.js';
import { evaluate } from '../policy/evaluate.js';
import type { Quarantine, Situation } from '../quarantine/situation.js';
import { mayApprove, refusalOfApproval } from './approval.js';

const rules = inForce();
const ANN = { name: 'ann', role: 'approver' as const };

function answer(
  of: Situation,
  changes: { planDigest?: string; policyVersion?: string } = {},
  approvals: string[] = [],
) {
  const verdict = evaluate(rules.policy, of.device, of.assessment);
  const request = { planDigest: of.open?.planDigest ?? '', policyVersion: rules.version, reason: 'go', ...changes };
  const given = approvals.map((person) => ({ person }));
  return refusalOfApproval({ policy: rules.policy, verdict, situation: of }, rules.version, request, ANN, given);
}
const asked = (open: Partial<Quarantine> = {}, base: Partial<Situation> = {}) =>
  withProposal(rules, situation(base), open);

it('is counted for the plan and the policy that the approver saw', () => {
  expect(answer(asked())).toBeNull();
  expect(answer(asked(), { planDigest: 'sha256:other' })).toMatchObject({ problem: 'plan-stale', stale: 'plan' });
  expect(answer(asked(), { policyVersion: 'sha256:other' })).toMatchObject({ problem: 'plan-stale', stale: 'policy' });
});

it('is not staled by more evidence', () => {
  expect(answer({ ...asked(), assessment: assessment('mri', { logOdds: 40 }) })).toBeNull();
});

it('is not counted for whoever asked, nor twice', () => {
  expect(answer(asked({ requestedBy: 'ann' }))).toMatchObject({ problem: 'same-person' });
  expect(answer(asked(), {}, ['ann'])).toMatchObject({ problem: 'same-person' });
  expect(answer(asked(), {}, ['bob'])).toBeNull();
});

it.each([
  ['already-decided', asked({ decision: 'rejected' })],
  ['plan-pending', asked({ plan: null })],
  ['kill-switch-on', asked({}, { killSwitch: true })],
  ['infrastructure', asked({}, { device: device({ infrastructure: true }) })],
  ['required-flow-cut', asked({ plan: { ...asked().open!.plan!, cut: ['f1'] } })],
  ['plan-impossible', asked({ plan: { ...asked().open!.plan!, possible: false } })],
])('is refused: %s', (problem, of) => {
  expect(answer(of)).toMatchObject({ problem });
});

it('is an approver’s word, not an admin’s', () => {
  const roles = ['viewer', 'operator', 'approver', 'admin', 'policy'] as const;
  expect(roles.filter((role) => mayApprove({ name: 'x', role }))).toEqual(['approver']);
});
