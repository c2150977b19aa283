import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import { PLAN_MODES, address, count, id, mac, time, vlan, word } from '../words.js';

export const DRILL_STATES = ['running', 'passed', 'failed', 'refused', 'expired'] as const;
export type DrillState = (typeof DRILL_STATES)[number];

/** One thing that was asked of a point or measured there. `ok` is null where it can't be told. */
export const pointFinding = z.object({ check: z.string(), ok: z.boolean().nullable(), detail: z.string() });

/** A mode as planning would take it for a device without peculiarities. `reason`: why it is not usable, or null. */
export const pointMode = z.object({
  planMode: word(PLAN_MODES),
  usable: z.boolean(),
  interruptionMs: count,
  /** The flows that a peer opens stay open. */
  callBacks: z.boolean(),
  /** The device keeps its address, so that static ones may be isolated so. */
  keepsAddress: z.boolean(),
  reason: z.string().nullable(),
});

/** Where a drill may isolate something: enforcement's own file names the port and the device. */
export const testPort = z.object({ switch: id, port: z.string(), mac, address });

/**
 * An enforcement point as enforcement knows it: what it can honestly do (unconfirmed until a drill), whether it answers,
 * and what the last drill showed. `gapMs` belongs to `interruption: gap`. Holds no secret and no address of the point.
 */
export const pointReported = cloudEvent(
  'lazaret.point.reported',
  z.object({
    pointId: id,
    kind: id,
    model: z.string(),
    switches: z.array(id),
    policyPoint: id.nullable(),
    quarantineVlan: vlan.nullable(),
    order: z.enum(['atomic', 'make-before-break', 'break-before-make']),
    interruption: z.enum(['none', 'gap', 'break']),
    gapMs: count.nullable(),
    direction: z.enum(['both', 'from-device']),
    covers: z.enum(['ipv4', 'ipv6', 'all']),
    state: z.enum(['port', 'session', 'policy']),
    stateful: z.boolean(),
    entries: count,
    perSession: z.boolean(),
    renews: z.boolean(),
    marks: z.boolean(),
    modes: z.array(pointMode),
    confirmed: z.boolean(),
    confirmedBy: z.string(),
    drilledAt: time.nullable(),
    drilledBy: z.string().nullable(),
    testPorts: z.array(testPort),
    reachable: z.boolean().nullable(),
    reachableSince: time.nullable(),
    answeredAt: time.nullable(),
    lastFailure: z.string().nullable(),
    breaker: z.enum(['closed', 'open']),
    probedAt: time.nullable(),
    findings: z.array(pointFinding),
    drillId: id.nullable(),
    drillState: word(DRILL_STATES).nullable(),
    drillEndedAt: time.nullable(),
    drillFindings: z.array(pointFinding),
    reportedAt: time,
  }),
);
export type PointReported = z.infer<typeof pointReported>;
export type PointFinding = z.infer<typeof pointFinding>;
export type PointMode = z.infer<typeof pointMode>;
