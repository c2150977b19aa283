import { z } from 'zod';
import {
  CONDITIONS,
  CRITICALITIES,
  DECISIONS,
  LEVELS,
  TRUTHS,
  assessmentPart,
  condition,
  deviceInterface,
  resolvedFlow,
  seenInterface,
  seenPlan,
} from '#events';

const id = z.string().min(1).max(64);
const time = z.iso.datetime();
const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

export const assessment = z.object({
  assessmentId: id,
  level: z.enum(LEVELS),
  logOdds: z.number(),
  inWords: z.string(),
  sentence: z.string(),
  mayActAlone: z.boolean(),
  at: time,
  parts: z.array(assessmentPart),
});

export const openQuarantine = z.object({ quarantineId: id, decision: z.enum(DECISIONS), truth: z.enum(TRUTHS) });

export const device = z.object({
  deviceId: id,
  site: z.string(),
  asset: z.string().nullable(),
  name: z.string(),
  modality: z.string(),
  criticality: z.enum(CRITICALITIES),
  ward: z.string(),
  aeTitles: z.array(z.string()),
  infrastructure: z.boolean(),
  protected: z.boolean(),
  held: z.object({ by: z.string(), reason: z.string(), since: time }).nullable(),
  interfaces: z.array(deviceInterface),
  assessment: assessment.nullable(),
  contract: z.object({ flows: z.array(resolvedFlow), unresolved: z.array(z.string()) }).nullable(),
  openQuarantine: openQuarantine.nullable(),
});

export const plan = seenPlan.shape.data.pick({
  planDigest: true,
  possible: true,
  interruptionMs: true,
  associationsBroken: true,
  steps: true,
  cut: true,
  interfaces: true,
  refusedModes: true,
  permits: true,
  undo: true,
});

/** A flow of the last days, as the plan would keep or cut it. */
export const flowSummary = z.object({
  service: z.string().nullable(),
  peerAddress: z.string(),
  transport: z.string().nullable(),
  port: z.number().nullable(),
  kept: z.boolean(),
  required: z.boolean(),
  octets: z.number(),
  lastSeen: time.nullable(),
});

export const quarantine = z.object({
  quarantineId: id,
  version: z.int(),
  deviceId: id,
  asset: z.string().nullable(),
  name: z.string(),
  modality: z.string(),
  criticality: z.enum(CRITICALITIES),
  site: z.string(),
  ward: z.string(),
  decision: z.enum(DECISIONS),
  truth: z.enum(TRUTHS),
  generation: z.int(),
  requestedBy: z.string(),
  reason: z.string(),
  proposedAt: time,
  decidedAt: time.nullable(),
  lapsesAt: time.nullable(),
  reviewDueAt: time.nullable(),
  approvalsNeeded: z.int(),
  approvals: z.array(z.object({ by: z.string(), at: time, reason: z.string() })),
  conditions: z.array(condition),
  interfaces: z.array(seenInterface),
  policyVersion: z.string(),
  plan: plan.nullable(),
  flows: z.array(flowSummary),
  assessment: assessment.nullable(),
});

/** What happened to a quarantine, in order: one line each, with the time in milliseconds. */
export const timelineEntry = z.object({
  at: time,
  actor: z.string(),
  what: z.string(),
  text: z.string(),
});

export const sensor = z.object({
  sensorId: id,
  kind: z.string(),
  site: z.string(),
  trustDomain: z.string(),
  authenticated: z.boolean(),
  observedUntil: time.nullable(),
  recordsPerSecond: z.number(),
  lost: z.int(),
  parseFailures: z.int(),
  problems: z.array(z.string()),
});

export const limit = z.object({ scope: z.string(), cap: z.int(), used: z.int(), windowStart: time });
export const policyInForce = z.object({ policyVersion: z.string(), source: z.string(), policy: z.unknown() });
export const killSwitch = z.object({ on: z.boolean(), reason: z.string(), by: z.string(), since: time.nullable() });
export const auditEntry = z.object({
  seq: z.int(),
  at: time,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  body: z.string(),
  prev: z.string(),
  hash: z.string(),
});
export const token = z.object({ id, name: z.string(), role: z.string(), createdAt: time, expiresAt: time });
export const importResult = z.object({ added: z.int(), changed: z.int(), same: z.int(), removed: z.int() });
export const approvalResult = z.object({ given: z.int(), needed: z.int(), decision: z.enum(DECISIONS) });

export const deviceList = list(device);
export const quarantineList = list(quarantine);
export const sensorList = list(sensor);
export const limitList = list(limit);
export const auditList = list(auditEntry);
export const tokenList = list(token);
export const timeline = list(timelineEntry);

export const CONDITION_WORDS = CONDITIONS;
