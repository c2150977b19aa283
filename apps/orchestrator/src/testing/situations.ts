import type { Permit, ResolvedFlow } from '#events';
import { permitsOf } from '../contract/permits.js';
import { evaluate } from '../policy/evaluate.js';
import type { PolicyInForce } from '../policy/policy.js';
import { macsOf } from '../quarantine/next-step.js';
import type { Quarantine, Situation } from '../quarantine/situation.js';
import { previewOf } from '../wanted/wish.js';
import { assessment, device, planFor } from './examples.js';

export const FLOW: ResolvedFlow = {
  flowId: 'f1',
  service: 'dicom-store',
  peerAddress: '10.20.0.10',
  peerDeviceId: 'pacs',
  transport: 'tcp',
  port: 104,
  opener: 'device',
  required: true,
  source: 'declared',
  resolvedFrom: 'ARCHIVE',
  resolvedBy: 'inventory',
  resolvedAt: '2026-01-05T08:00:04.000Z',
};

/** A device with a contract and evidence that reaches isolate, and no quarantine. */
export function situation(changes: Partial<Situation> = {}): Situation {
  const made = changes.device ?? device({ deviceId: 'mri' });
  return {
    device: made,
    contract: { revision: 1, flows: [FLOW], unresolved: [], unresolvedRequired: [] },
    assessment: assessment(made.deviceId, { firstEvidenceAt: '2026-01-05T08:01:00.000Z' }),
    belowProposeAt: null,
    open: null,
    past: null,
    releasedAt: null,
    held: false,
    killSwitch: false,
    epoch: 1,
    ...changes,
  };
}

/** The same with a proposal of the policy whose plan is at hand, as the database would give it. */
export function withProposal(
  inForce: PolicyInForce,
  base: Situation = situation(),
  changes: Partial<Quarantine> = {},
): Situation {
  const verdict = evaluate(inForce.policy, base.device, base.assessment);
  const permits: Permit[] = permitsOf(base.contract.flows, base.device.interfaces);
  const open: Quarantine = {
    id: 'q1',
    version: 1,
    deviceId: base.device.deviceId,
    decision: 'proposed',
    truth: 'intended',
    weakestMac: null,
    requestedBy: 'policy',
    requestedRole: 'policy',
    reason: `rule ${verdict.rule}`,
    rule: verdict.rule,
    policyVersion: inForce.version,
    terms: verdict.terms,
    level: verdict.level,
    logOdds: base.assessment?.logOdds ?? 0,
    inWords: '',
    assessment: base.assessment,
    macs: macsOf(base.device),
    permits,
    epoch: base.epoch,
    generation: 1,
    planDigest: null,
    plan: null,
    refusal: null,
    undo: null,
    proposedAt: new Date('2026-01-05T08:01:01.000Z'),
    decidedAt: null,
    decidedBy: null,
    lapseAt: new Date('2026-01-05T12:01:01.000Z'),
    reviewAt: null,
    closeAt: null,
    reviewDue: false,
  };
  const plan = planFor(previewOf(open, false));
  return { ...base, open: { ...open, plan, planDigest: plan.planDigest, ...changes } };
}
