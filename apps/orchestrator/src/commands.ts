import type { Condition, Criticality, Decision, Level, PlanMode, Truth } from '#events';

/** Who acts: a person with a role, `policy` (a rule of the policy file), or a service: a timer of ours, a report of its. */
export const ROLES = ['viewer', 'operator', 'approver', 'admin', 'policy', 'orchestrator', 'enforcement'] as const;
export type Role = (typeof ROLES)[number];
export interface Actor {
  name: string;
  role: Role;
}
export const POLICY: Actor = { name: 'policy', role: 'policy' };
export const ORCHESTRATOR: Actor = { name: 'orchestrator', role: 'orchestrator' };
export const ENFORCEMENT: Actor = { name: 'enforcement', role: 'enforcement' };

/**
 * Why a command was refused. Each is the NAME of a problem under /problems/NAME (reference: REST). An expected refusal
 * is a value, never an exception.
 */
export const PROBLEMS = [
  'not-found',
  'forbidden',
  'quarantine-open',
  'protected',
  'infrastructure',
  'no-attachment',
  'kill-switch-on',
  'plan-pending',
  'plan-stale',
  'plan-impossible',
  'already-decided',
  'not-approved',
  'limit-reached',
  'required-flow-cut',
  'same-person',
  'invalid-inventory',
  'point-silent',
  'drill-running',
  'no-test-port',
] as const;
export type ProblemName = (typeof PROBLEMS)[number];

/** `stale` says which binding of an approval no longer holds; it is set for `plan-stale` only. */
export interface Refusal<P extends ProblemName = ProblemName> {
  problem: P;
  message: string;
  stale?: 'plan' | 'policy';
}
export type Result<T, P extends ProblemName> = { ok: true; value: T } | { ok: false; refusal: Refusal<P> };

export type OpenProblem =
  'not-found' | 'quarantine-open' | 'protected' | 'infrastructure' | 'no-attachment' | 'kill-switch-on' | 'forbidden';
export type ApproveProblem =
  | 'not-found'
  | 'forbidden'
  | 'plan-pending'
  | 'plan-stale'
  | 'plan-impossible'
  | 'already-decided'
  | 'limit-reached'
  | 'required-flow-cut'
  | 'kill-switch-on'
  | 'protected'
  | 'infrastructure'
  | 'same-person';
export type RejectProblem = 'not-found' | 'forbidden' | 'already-decided';
export type ReleaseProblem = 'not-found' | 'forbidden' | 'not-approved';

/** What an approval is bound to, as the approver saw it, and why the approver agrees. */
export interface ApprovalRequest {
  planDigest: string;
  policyVersion: string;
  reason: string;
}

/** Where a quarantine stands after a command. `version` is its ETag. */
export interface Decided {
  quarantineId: string;
  version: number;
  decision: Decision;
}

/** People's commands on quarantines. Each is one transaction: state, limits, audit, event and wanted state together. */
export abstract class QuarantineCommands {
  /** Proposes an isolation at a person's request; the requester can't approve it. Role operator or more. */
  abstract open(deviceId: string, reason: string, actor: Actor): Promise<Result<Decided, OpenProblem>>;
  /** Counts the approver's consent; at the last one needed the isolation is decided. Role approver. */
  abstract approve(
    id: string,
    request: ApprovalRequest,
    actor: Actor,
  ): Promise<Result<Decided & { given: number; needed: number }, ApproveProblem>>;
  /** Role approver. */
  abstract reject(id: string, reason: string, actor: Actor): Promise<Result<Decided, RejectProblem>>;
  /** Takes our overlay away and nothing else; works under kill switch and hold. Role approver. */
  abstract release(id: string, reason: string, actor: Actor): Promise<Result<Decided, ReleaseProblem>>;
}

export type DrillProblem = 'not-found' | 'point-silent' | 'drill-running' | 'no-test-port' | 'kill-switch-on';

/** Without `port` and `mac` a drill asks the point what is harmless; with them it isolates that test device. */
export interface DrillWish {
  reason: string;
  port: string | null;
  mac: string | null;
  /** The mode to measure; null: the one that a plan would take. */
  mode: PlanMode | null;
}
export interface AskedDrill {
  drillId: string;
  pointId: string;
  expiresAt: string;
}

/** What people ask of enforcement points. */
export abstract class DrillCommands {
  /** Asks enforcement to drill a point, once and soon or not at all. Role admin. */
  abstract ask(pointId: string, wish: DrillWish, actor: Actor): Promise<Result<AskedDrill, DrillProblem>>;
}

/** What stops enforcement's writes: of one device, or of all. A release is still written. */
export abstract class StopCommands {
  abstract hold(deviceId: string, reason: string, actor: Actor): Promise<Result<null, 'not-found'>>;
  abstract unhold(deviceId: string, reason: string, actor: Actor): Promise<Result<null, 'not-found'>>;
  abstract setKillSwitch(on: boolean, reason: string, actor: Actor): Promise<KillSwitch>;
}

export interface KillSwitch {
  on: boolean;
  reason: string;
  by: string;
  /** RFC 3339; null: never set. */
  since: string | null;
}

/** `row` is the line of the file (the header is 1), 0 for the file as a whole; `column` '' for the whole row. */
export interface InventoryProblem {
  row: number;
  column: string;
  code: string;
  message: string;
}
export interface InventoryResult {
  added: number;
  changed: number;
  same: number;
  removed: number;
}

/** Reads a site's inventory (CSV: contract/inventory-csv.ts): all of it or nothing. */
export abstract class InventoryImport {
  abstract run(
    csv: string,
    options: { dryRun: boolean },
    actor: Actor,
  ): Promise<{ ok: true; value: InventoryResult } | { ok: false; problems: InventoryProblem[] }>;
}

export interface Page {
  /** 1 to 500. */
  limit: number;
  /** As the last page's `next`; null: from the start. */
  cursor: string | null;
}
export interface Listed<T> {
  items: T[];
  next: string | null;
}
export interface DeviceFilter {
  site?: string;
  ward?: string;
  level?: Level;
}
export interface QuarantineFilter {
  decision?: Decision;
  truth?: Truth;
  condition?: Condition;
  deviceId?: string;
}
export type { Condition, Criticality, Decision, Level, Truth };
