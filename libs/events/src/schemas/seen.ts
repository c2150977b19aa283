import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import { CONDITIONS, PLAN_MODES, TRUTHS, count, digest, id, mac, time, vlan, word } from '../words.js';

/** A condition of the isolation: its reason in words, since when, and who observed it. */
export const condition = z.object({
  condition: word(CONDITIONS),
  reason: z.string(),
  since: time,
  observer: z.string(),
});

/** An interface as enforcement has seen it, with the time of each step; null: not yet. */
export const seenInterface = z.object({
  mac,
  pointId: id.nullable(),
  port: z.string().nullable(),
  planMode: word(PLAN_MODES).nullable(),
  vlan: vlan.nullable(),
  truth: word(TRUTHS),
  permitsInAt: time.nullable(),
  movedAt: time.nullable(),
  acknowledgedAt: time.nullable(),
  readBackAt: time.nullable(),
  readBackBy: z.string().nullable(),
  containedAt: time.nullable(),
  containedBy: z.string().nullable(),
  deniedFrames: count,
  clinical: z.enum(['moved', 'no-demand']).nullable(),
  clinicalAt: time.nullable(),
  clinicalBy: z.string().nullable(),
});

/** What enforcement has seen of a wanted isolation or release. `refusal`: why it is not applied, such as plan-changed. */
export const seenIsolation = cloudEvent(
  'lazaret.seen.isolation',
  z.object({
    deviceId: id,
    quarantineId: id,
    epoch: count,
    generation: count,
    revision: count,
    mode: z.enum(['apply', 'release']),
    planDigest: digest.nullable(),
    truth: word(TRUTHS),
    weakestMac: mac.nullable(),
    refusal: z.string().nullable(),
    conditions: z.array(condition),
    interfaces: z.array(seenInterface),
  }),
);

/** The plan that enforcement made for a preview. `cut`: the flow ids that would not stay open. */
export const seenPlan = cloudEvent(
  'lazaret.seen.plan',
  z.object({
    deviceId: id,
    quarantineId: id,
    epoch: count,
    generation: count,
    revision: count,
    planDigest: digest,
    possible: z.boolean(),
    interruptionMs: count,
    associationsBroken: count,
    steps: z.array(z.string()),
    cut: z.array(z.string()),
    interfaces: z.array(
      z.object({
        mac,
        pointId: id,
        /** The NAC or RADIUS policy that is told, and applies it; null or absent: the point keeps its entries itself. */
        delegate: id.nullish(),
        port: z.string(),
        planMode: word(PLAN_MODES),
        entries: count,
        entriesMax: count,
      }),
    ),
    refusedModes: z.array(z.object({ mac, planMode: word(PLAN_MODES), reason: z.string() })),
    permits: z.array(z.object({ flowId: id, openerEnforced: z.boolean() })),
    undo: z.array(z.string()),
  }),
);
export type SeenIsolation = z.infer<typeof seenIsolation>;
export type SeenPlan = z.infer<typeof seenPlan>;
export type SeenInterface = z.infer<typeof seenInterface>;
export type SeenCondition = z.infer<typeof condition>;
