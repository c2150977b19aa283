import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { newId } from '#events';
import { canonical } from '../plan/canonical.js';
import { ATTEMPT, type AttemptState, type Begun, type Intent, type StepOutcome } from './outcome.js';

/** How long a lease holds without being renewed; each write and each save renews it. */
export const LEASE_SECONDS = 5;

/** Renews the lease of device $1 for holder $2, if it is this holder's; gives a row then. */
export const RENEW_SQL = `UPDATE leases SET expires_at = now() + make_interval(secs => ${LEASE_SECONDS})
  WHERE device_id = $1 AND holder = $2 RETURNING device_id`;

/**
 * Begins an attempt, in the caller's transaction: the lease is ours, what is wanted is still what the loop looked at (the
 * row stays locked until the commit, so a hold comes before or after, not in between), the point's fence grows, and a
 * new isolation is within the point's limit. Two statements, because the count must see what committed before the
 * fence's row lock was ours; in one it would count by the snapshot from before.
 */
export async function beginAttempt(manager: EntityManager, intent: Intent, holder: string, now: Date): Promise<Begun> {
  const { leased, same, frozen, fence } = await takeFence(manager, intent, holder);
  if (!leased) return { ok: false, reason: 'lease-lost' };
  if (!same) return { ok: false, reason: 'wanted-changed' };
  if (frozen && !intent.evenIfFrozen) return { ok: false, reason: 'frozen' };
  const attemptId = newId();
  if (!(await insertAttempt(manager, attemptId, intent, fence, now)))
    return { ok: false, reason: 'isolations-an-hour' };
  return { ok: true, attemptId, fence };
}

interface Taken {
  leased: boolean;
  same: boolean;
  frozen: boolean;
  fence: number;
}

async function takeFence(manager: EntityManager, intent: Intent, holder: string): Promise<Taken> {
  const { deviceId, epoch, generation, step } = intent;
  const [row] = await manager.query<(Omit<Taken, 'fence'> & { fence: string })[]>(
    `WITH lease AS (${RENEW_SQL}),
     wish AS (
       SELECT (epoch = $3 AND generation = $4) AS same, frozen FROM wanted
       WHERE device_id = $1 AND kind = 'isolation' FOR SHARE
     ), fence AS (
       INSERT INTO fences (point_id, number) VALUES ($5, 1)
       ON CONFLICT (point_id) DO UPDATE SET number = fences.number + 1 RETURNING number
     )
     SELECT EXISTS (SELECT 1 FROM lease) AS leased, coalesce((SELECT same FROM wish), false) AS same,
       coalesce((SELECT frozen FROM wish), true) AS frozen, (SELECT number FROM fence) AS fence`,
    [deviceId, holder, epoch, generation, step.pointId],
  );
  if (!row) throw new TypeError('a query without FROM gives one row');
  return { ...row, fence: Number(row.fence) };
}

/**
 * Writes the attempt, and the drift that it puts back. False: the point has begun its isolations of this hour; this
 * quarantine's own earlier ones are not counted, so it may always go on.
 */
async function insertAttempt(
  manager: EntityManager,
  attemptId: string,
  { deviceId, quarantineId, epoch, generation, step, isolationsAnHour }: Intent,
  fence: number,
  now: Date,
): Promise<boolean> {
  const payload = createHash('sha256').update(canonical(step.step)).digest('hex');
  const rows = await manager.query<unknown[]>(
    `WITH attempt AS (
       INSERT INTO attempts (attempt_id, device_id, quarantine_id, mac, point_id, epoch, generation, fence, step, purpose,
         payload_sha256, state, intended_at)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '${ATTEMPT.intent}', $12
       WHERE $10 <> 'isolate' OR $13 > (
         SELECT count(DISTINCT quarantine_id) FROM attempts
         WHERE point_id = $5 AND purpose = 'isolate' AND intended_at > now() - interval '1 hour' AND quarantine_id <> $3)
       RETURNING attempt_id, device_id, intended_at
     ), drift AS (
       INSERT INTO drifts (attempt_id, device_id, what, at)
       SELECT attempt_id, device_id, $14, intended_at FROM attempt WHERE $14::text IS NOT NULL
     )
     SELECT attempt_id FROM attempt`,
    [
      attemptId,
      deviceId,
      quarantineId,
      step.mac,
      step.pointId,
      epoch,
      generation,
      fence,
      step.step.kind,
      step.purpose,
      payload,
      now,
      isolationsAnHour,
      step.putsBack,
    ],
  );
  return rows.length > 0;
}

export async function markSent(manager: EntityManager, attemptId: string): Promise<void> {
  await manager.query('UPDATE attempts SET state = $2 WHERE attempt_id = $1', [attemptId, ATTEMPT.sent]);
}

/** How attempts have ended, as rows for `save`. */
export function endedAttempts(
  outcomes: readonly StepOutcome[],
): { id: string; state: AttemptState; code: string | null }[] {
  return outcomes.flatMap((outcome) =>
    outcome.kind === 'refused'
      ? []
      : [{ id: outcome.attemptId, state: stateOf(outcome), code: outcome.kind === 'failed' ? outcome.code : null }],
  );
}

function stateOf(outcome: Exclude<StepOutcome, { kind: 'refused' }>): AttemptState {
  if (outcome.kind === 'done') return ATTEMPT.ack;
  return outcome.retry === 'permanent' ? ATTEMPT.nak : ATTEMPT.unknown;
}
