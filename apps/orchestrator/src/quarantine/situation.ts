import type { AssessmentChanged, Decision, DeviceChanged, Level, Permit, ResolvedFlow, SeenPlan, Truth } from '#events';
import type { Terms } from '../policy/policy.js';

export interface ContractRecord {
  revision: number;
  flows: ResolvedFlow[];
  unresolved: string[];
  unresolvedRequired: string[];
}

/** A quarantine as it is kept. `plan` is the plan of the current generation's preview; null: not yet made. */
export interface Quarantine {
  id: string;
  version: number;
  deviceId: string;
  decision: Decision;
  truth: Truth;
  requestedBy: string;
  requestedRole: string;
  reason: string;
  rule: string;
  policyVersion: string;
  terms: Terms;
  level: Level;
  logOdds: number;
  inWords: string;
  assessment: AssessmentChanged['data'] | null;
  macs: string[];
  permits: Permit[];
  epoch: number;
  generation: number;
  planDigest: string | null;
  plan: SeenPlan['data'] | null;
  refusal: string | null;
  undo: string | null;
  weakestMac: string | null;
  proposedAt: Date;
  decidedAt: Date | null;
  /** Who moved it last. */
  decidedBy: string | null;
  lapseAt: Date | null;
  reviewAt: Date | null;
  closeAt: Date | null;
  reviewDue: boolean;
}

/** The last quarantine of a device that is over. */
export interface PastQuarantine {
  decision: Decision;
  level: Level;
  decidedAt: Date;
}

/** Everything that a decision about a device looks at, read in one go. */
export interface Situation {
  device: DeviceChanged['data'];
  contract: ContractRecord;
  assessment: AssessmentChanged['data'] | null;
  /** When the device was last below the level propose; null: never since we know it. */
  belowProposeAt: Date | null;
  open: Quarantine | null;
  past: PastQuarantine | null;
  /** When the device was last released from any quarantine. */
  releasedAt: Date | null;
  held: boolean;
  killSwitch: boolean;
  epoch: number;
}
