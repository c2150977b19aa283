import type { AssessmentChanged, Decision, Level, Permit, SeenPlan, Truth } from '#events';
import type { Terms } from '../policy/policy.js';
import type { Quarantine } from './situation.js';

/** A row of `quarantines` as PostgreSQL's `to_jsonb` gives it, with the plan's text and whether ReviewDue stands. */
export interface QuarantineRow {
  id: string;
  version: number;
  device_id: string;
  decision: Decision;
  truth: Truth;
  weakest_mac: string | null;
  requested_by: string;
  requested_role: string;
  reason: string;
  rule: string;
  policy_version: string;
  terms: string;
  level: Level;
  log_odds: number;
  in_words: string;
  assessment: string | null;
  macs: string[];
  permits: string;
  epoch: number;
  generation: number;
  plan_digest: string | null;
  refusal: string | null;
  undo: string | null;
  proposed_at: string;
  decided_at: string | null;
  decided_by: string | null;
  lapse_at: string | null;
  review_at: string | null;
  close_at: string | null;
  plan?: string | null;
  review_due?: boolean;
}

export function quarantineOf(row: QuarantineRow): Quarantine {
  return {
    id: row.id,
    version: row.version,
    deviceId: row.device_id,
    decision: row.decision,
    truth: row.truth,
    weakestMac: row.weakest_mac,
    requestedBy: row.requested_by,
    requestedRole: row.requested_role,
    reason: row.reason,
    rule: row.rule,
    policyVersion: row.policy_version,
    terms: JSON.parse(row.terms) as Terms,
    level: row.level,
    logOdds: row.log_odds,
    inWords: row.in_words,
    assessment: row.assessment === null ? null : (JSON.parse(row.assessment) as AssessmentChanged['data']),
    macs: row.macs,
    permits: JSON.parse(row.permits) as Permit[],
    epoch: row.epoch,
    generation: row.generation,
    planDigest: row.plan_digest,
    plan: row.plan ? (JSON.parse(row.plan) as SeenPlan['data']) : null,
    refusal: row.refusal,
    undo: row.undo,
    proposedAt: new Date(row.proposed_at),
    decidedAt: moment(row.decided_at),
    decidedBy: row.decided_by,
    lapseAt: moment(row.lapse_at),
    reviewAt: moment(row.review_at),
    closeAt: moment(row.close_at),
    reviewDue: row.review_due ?? false,
  };
}

function moment(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
