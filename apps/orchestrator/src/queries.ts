import type {
  AssessmentChanged,
  Condition,
  Criticality,
  Decision,
  DeviceInterface,
  Level,
  Permit,
  PlanMode,
  PointFinding,
  PointReported,
  QuarantineEvent,
  ResolvedFlow,
  SeenInterface,
  SeenPlan,
  SensorReported,
  Truth,
} from '#events';
import type { DeviceFilter, KillSwitch, Listed, Page, QuarantineFilter } from './commands.js';

/** Why something is so, or may not be: a fixed word and a sentence for people. */
export interface Finding {
  reason: string;
  message: string;
}

export interface ContractView {
  revision: number;
  flows: ResolvedFlow[];
  /** Flows whose peer no device known answers to, such as `dicom-store ARCHIVE`. */
  unresolved: string[];
}

export interface DeviceView {
  deviceId: string;
  site: string;
  realm: string;
  asset: string | null;
  name: string;
  modality: string;
  criticality: Criticality;
  ward: string;
  aeTitles: string[];
  infrastructure: boolean;
  protected: boolean;
  hold: { reason: string; by: string; since: string } | null;
  interfaces: DeviceInterface[];
  assessment: AssessmentChanged['data'] | null;
  contract: ContractView;
  openQuarantine: { quarantineId: string; decision: Decision; truth: Truth } | null;
}

/** Traffic of the last days by peer and port, and whether the contract keeps it open in quarantine. */
export interface DailyFlow {
  day: string;
  peerAddress: string | null;
  peerName: string | null;
  transport: string | null;
  port: number | null;
  opener: 'device' | 'peer';
  frames: number;
  octets: number;
  lastSeen: string;
}

export interface QuarantineSummary {
  quarantineId: string;
  version: number;
  deviceId: string;
  asset: string | null;
  name: string;
  modality: string;
  criticality: Criticality;
  site: string;
  ward: string;
  decision: Decision;
  truth: Truth;
  weakestMac: string | null;
  conditions: { condition: Condition; reason: string; since: string; observer: string }[];
  level: Level;
  logOdds: number;
  inWords: string;
  approvalsNeeded: number;
  approvalsGiven: number;
  proposedAt: string;
  decidedAt: string | null;
}

export interface QuarantineView extends QuarantineSummary {
  requestedBy: string;
  reason: string;
  rule: string;
  /** The device's assessment at the proposal, renewed until it is decided; null: opened by a person without one. */
  assessment: AssessmentChanged['data'] | null;
  approvals: { person: string; role: string; reason: string; at: string }[];
  /** What an approval must name: `planDigest` and `policyVersion`. The plan is null until enforcement has answered. */
  plan: SeenPlan['data'] | null;
  planDigest: string | null;
  policyVersion: string;
  permits: Permit[];
  kept: DailyFlow[];
  cut: DailyFlow[];
  /** Why the policy does not decide alone; empty: it does, or has. */
  whyNotAlone: Finding[];
  interfaces: SeenInterface[];
  /** Enforcement's reason for not applying; null: none. */
  refusal: string | null;
  epoch: number;
  generation: number;
  lapsesAt: string | null;
  reviewAt: string | null;
  closesAt: string | null;
  undo: string[];
}

/** One line of a quarantine's history. `kind` is an event's type, or a step seen on the wire such as `permits-in`. */
export interface TimelineEntry {
  at: string;
  kind: string;
  actor: string;
  detail: string;
}

export interface LimitView {
  scope: string;
  windowStart: string;
  cap: number;
  used: number;
}

export interface PolicyView {
  version: string;
  loadedAt: string;
  /** The policy as it is in force, defaults filled in (RFC 8785 JSON). */
  body: string;
}

export interface AuditEntry {
  seq: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  body: string;
  prev: string;
  hash: string;
}

/** An event of a quarantine with its place in the stream: `seq` only grows, in the order of commit. */
export interface StreamedEvent {
  seq: number;
  event: QuarantineEvent;
}

/** A point as enforcement last reported it. `silent`: not for a while, so that nothing of it is known now. */
export type PointView = PointReported['data'] & { receivedAt: string; silent: boolean };

/** A drill. `asked`: enforcement has not reported it yet. */
export interface DrillView {
  drillId: string;
  pointId: string;
  requestedBy: string;
  reason: string;
  port: string | null;
  mac: string | null;
  mode: PlanMode | null;
  requestedAt: string;
  expiresAt: string;
  state: 'asked' | 'running' | 'passed' | 'failed' | 'refused' | 'expired';
  findings: PointFinding[];
  endedAt: string | null;
}

/** One question of readiness and its answer in words. */
export interface ReadyAnswer {
  ok: boolean;
  sentence: string;
}

/** Whether a device could be isolated in earnest now. `missing`: what has to be done, as sentences. */
export interface DeviceReadiness {
  deviceId: string;
  asset: string | null;
  name: string;
  site: string;
  ward: string;
  criticality: Criticality;
  /** Infrastructure is never isolated: nothing is missing there. */
  exempt: boolean;
  ready: boolean;
  see: ReadyAnswer;
  isolate: ReadyAnswer & { pointIds: string[]; modes: { planMode: PlanMode; interruptionMs: number }[] };
  images: ReadyAnswer;
  domains: ReadyAnswer & { names: string[] };
  missing: string[];
}

export interface PointReadiness {
  pointId: string;
  kind: string;
  model: string;
  ready: boolean;
  sentence: string;
  missing: string[];
}

export interface ReadinessView extends Listed<DeviceReadiness> {
  points: PointReadiness[];
}

/** What people read of enforcement points and of readiness. */
export abstract class PointQueries {
  abstract points(page: Page): Promise<Listed<PointView>>;
  abstract point(pointId: string): Promise<PointView | null>;
  abstract drill(drillId: string): Promise<DrillView | null>;
  abstract readiness(filter: Pick<DeviceFilter, 'site' | 'ward'>, page: Page): Promise<ReadinessView>;
}

/** What people read of devices and sensors. */
export abstract class DeviceQueries {
  abstract devices(filter: DeviceFilter, page: Page): Promise<Listed<DeviceView>>;
  abstract device(deviceId: string): Promise<DeviceView | null>;
  abstract sensors(): Promise<SensorReported['data'][]>;
}

/** What people read of quarantines. */
export abstract class QuarantineQueries {
  abstract quarantines(filter: QuarantineFilter, page: Page): Promise<Listed<QuarantineSummary>>;
  abstract quarantine(quarantineId: string): Promise<QuarantineView | null>;
  abstract timeline(quarantineId: string): Promise<TimelineEntry[] | null>;
  abstract undo(quarantineId: string): Promise<string | null>;
  /** Events after a place in the stream, oldest first; `oldest`: the first that is still kept (410 before it). */
  abstract events(afterSeq: number, limit: number): Promise<{ items: StreamedEvent[]; oldest: number; newest: number }>;
}

/** What people read of the rules in force. */
export abstract class RuleQueries {
  abstract policy(): Promise<PolicyView>;
  abstract limits(): Promise<LimitView[]>;
  abstract killSwitch(): Promise<KillSwitch>;
  abstract audit(afterSeq: number, limit: number): Promise<AuditEntry[]>;
}

/** PostgreSQL notifies this channel, with the event's `seq`, at the commit of each quarantine event. */
export const EVENTS_CHANNEL = 'lazaret_quarantine_events';
