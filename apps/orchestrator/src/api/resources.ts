import { z } from 'zod';
import {
  CRITICALITIES,
  DECISIONS,
  LEVELS,
  OPENERS,
  PLAN_MODES,
  QUARANTINE_CHANGES,
  TRUTHS,
  assessmentChanged,
  condition,
  deviceInterface,
  permit,
  pointFinding,
  pointReported,
  resolvedFlow,
  seenInterface,
  seenPlan,
  sensorReported,
} from '#events';

const id = z.string().min(1).max(64);
const time = z.iso.datetime();
const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
const finding = z.object({ reason: z.string(), message: z.string() });
const assessment = assessmentChanged.shape.data;

export const device = z.object({
  deviceId: id,
  site: z.string(),
  realm: z.string(),
  asset: z.string().nullable(),
  name: z.string(),
  modality: z.string(),
  criticality: z.enum(CRITICALITIES),
  ward: z.string(),
  aeTitles: z.array(z.string()),
  infrastructure: z.boolean(),
  protected: z.boolean(),
  hold: z.object({ reason: z.string(), by: z.string(), since: time }).nullable(),
  interfaces: z.array(deviceInterface),
  assessment: assessment.nullable(),
  contract: z.object({ revision: z.int(), flows: z.array(resolvedFlow), unresolved: z.array(z.string()) }),
  openQuarantine: z.object({ quarantineId: id, decision: z.enum(DECISIONS), truth: z.enum(TRUTHS) }).nullable(),
});

/** Traffic of one of the last days; `kept` and `cut` of a quarantine hold such flows. */
export const dailyFlow = z.object({
  day: z.string(),
  peerAddress: z.string().nullable(),
  peerName: z.string().nullable(),
  transport: z.string().nullable(),
  port: z.number().nullable(),
  opener: z.enum(OPENERS),
  frames: z.number(),
  octets: z.number(),
  lastSeen: time,
});

export const quarantineSummary = z.object({
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
  weakestMac: z.string().nullable(),
  conditions: z.array(condition),
  level: z.enum(LEVELS),
  logOdds: z.number(),
  inWords: z.string(),
  approvalsNeeded: z.int(),
  approvalsGiven: z.int(),
  proposedAt: time,
  decidedAt: time.nullable(),
});

export const quarantine = quarantineSummary.extend({
  requestedBy: z.string(),
  reason: z.string(),
  rule: z.string(),
  assessment: assessment.nullable(),
  approvals: z.array(z.object({ person: z.string(), role: z.string(), reason: z.string(), at: time })),
  plan: seenPlan.shape.data.nullable(),
  planDigest: z.string().nullable(),
  policyVersion: z.string(),
  permits: z.array(permit),
  kept: z.array(dailyFlow),
  cut: z.array(dailyFlow),
  whyNotAlone: z.array(finding),
  interfaces: z.array(seenInterface),
  refusal: z.string().nullable(),
  epoch: z.int(),
  generation: z.int(),
  lapsesAt: time.nullable(),
  reviewAt: time.nullable(),
  closesAt: time.nullable(),
  undo: z.array(z.string()),
});

/** One line of a quarantine's history. */
export const timelineEntry = z.object({ at: time, kind: z.string(), actor: z.string(), detail: z.string() });

export const limit = z.object({ scope: z.string(), windowStart: time, cap: z.int(), used: z.int() });
export const policyInForce = z.object({ version: z.string(), loadedAt: time, body: z.string() });
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
export const newToken = z.object({ id, name: z.string(), role: z.string(), expiresAt: time, token: z.string() });
export const importResult = z.object({ added: z.int(), changed: z.int(), same: z.int(), removed: z.int() });
export const decided = z.object({ quarantineId: id, version: z.int(), decision: z.enum(DECISIONS) });
export const approvalResult = decided.extend({ given: z.int(), needed: z.int() });
export const policyCheck = z.object({ version: z.string() });

/** A receiver of webhooks: `removed` is no longer configured, and waits to be configured again under its name. */
export const webhook = z.object({
  name: z.string(),
  state: z.enum(['delivering', 'failing', 'removed']),
  receiver: z.string().nullable(),
  events: z.array(z.enum(QUARANTINE_CHANGES)).nullable(),
  sites: z.array(z.string()).nullable(),
  pending: z.int(),
  oldestPendingAt: time.nullable(),
  dead: z.int(),
  deadDeliveries: z.array(
    z.object({
      eventId: id,
      type: z.string(),
      subject: z.string(),
      time,
      attempts: z.int(),
      failure: z.string(),
      gaveUpAt: time,
    }),
  ),
  delivered: z.int(),
  failed: z.int(),
  lastSuccessAt: time.nullable(),
  lastFailureAt: time.nullable(),
  lastFailure: z.string().nullable(),
});
export const webhookRetry = z.object({ retried: z.int() });

export const deviceList = list(device);
export const quarantineList = list(quarantineSummary);
export const sensorList = z.object({ items: z.array(sensorReported.shape.data) });
export const limitList = z.object({ items: z.array(limit) });
export const auditList = list(auditEntry);
export const webhookList = z.object({ items: z.array(webhook) });
export const tokenList = z.object({ items: z.array(token) });
export const timeline = z.object({ items: z.array(timelineEntry) });

/** An enforcement point as enforcement last reported it. */
export const point = pointReported.shape.data.extend({ receivedAt: time, silent: z.boolean() });
export const drill = z.object({
  drillId: id,
  pointId: id,
  requestedBy: z.string(),
  reason: z.string(),
  port: z.string().nullable(),
  mac: z.string().nullable(),
  mode: z.enum(PLAN_MODES).nullable(),
  requestedAt: time,
  expiresAt: time,
  state: z.enum(['asked', 'running', 'passed', 'failed', 'refused', 'expired']),
  findings: z.array(pointFinding),
  endedAt: time.nullable(),
});
export const askedDrill = z.object({ drillId: id, pointId: id, expiresAt: time });
const answer = z.object({ ok: z.boolean(), sentence: z.string() });
export const deviceReadiness = z.object({
  deviceId: id,
  asset: z.string().nullable(),
  name: z.string(),
  site: z.string(),
  ward: z.string(),
  criticality: z.enum(CRITICALITIES),
  exempt: z.boolean(),
  ready: z.boolean(),
  see: answer,
  isolate: answer.extend({
    pointIds: z.array(id),
    modes: z.array(z.object({ planMode: z.enum(PLAN_MODES), interruptionMs: z.int() })),
  }),
  images: answer,
  domains: answer.extend({ names: z.array(z.string()) }),
  missing: z.array(z.string()),
});
export const pointReadiness = z.object({
  pointId: id,
  kind: z.string(),
  model: z.string(),
  ready: z.boolean(),
  sentence: z.string(),
  missing: z.array(z.string()),
});
export const pointList = list(point);
export const readiness = list(deviceReadiness).extend({ points: z.array(pointReadiness) });

/** RFC 9457; further members may be there. */
export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    /** Of `plan-stale`: what has changed. */
    stale: z.enum(['plan', 'policy']).optional(),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional(),
          row: z.int().optional(),
          column: z.string().optional(),
          code: z.string(),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });
