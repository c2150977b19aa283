import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { newId } from '#events';
import { canonical } from '../plan/canonical.js';
import { ATTEMPT, type AttemptState, type Begun, type Intent, type StepOutcome } from './outcome.js';

/** How long a lease holds without being renewed; each write and each save renews it. */
export const LEASE_SECONDS = 5;

/** Renews the device's lease. False: another replica has it. */
export async function renewLease(manager: EntityManager, deviceId: string, holder: string): Promise<boolean> {
  const [rows] = await manager.query<[unknown[], number]>(
    `UPDATE leases SET expires_at = now() + make_interval(secs => ${LEASE_SECONDS})
     WHERE device_id = $1 AND holder = $2 RETURNING device_id`,
    [deviceId, holder],
  );
  return rows.length > 0;
}

/**
 * Begins an attempt, in the caller's transaction: the lease is ours, what is wanted is still what the loop looked at (the
 * row stays locked until the commit, so a hold comes before or after, not in between), the point's fence grows, and a
 * new isolation is within the point's limit. The fence's row lock makes that count exact.
 */
export async function beginAttempt(manager: EntityManager, intent: Intent, holder: string, now: Date): Promise<Begun> {
  if (!(await renewLease(manager, intent.deviceId, holder))) return { ok: false, reason: 'lease-lost' };
  const changed = await changedSince(manager, intent);
  if (changed) return { ok: false, reason: changed };
  const fence = await nextFence(manager, intent.step.pointId);
  if (!(await isWithinLimit(manager, intent))) return { ok: false, reason: 'isolations-an-hour' };
  const attemptId = await insertAttempt(manager, intent, fence, now);
  return { ok: true, attemptId, fence };
}

async function changedSince(
  manager: EntityManager,
  { deviceId, epoch, generation, evenIfFrozen }: Intent,
): Promise<'wanted-changed' | 'frozen' | null> {
  const [wanted]: { same: boolean; frozen: boolean }[] = await manager.query(
    `SELECT (epoch = $2 AND generation = $3) AS same, frozen FROM wanted
     WHERE device_id = $1 AND kind = 'isolation' FOR SHARE`,
    [deviceId, epoch, generation],
  );
  if (!wanted?.same) return 'wanted-changed';
  return wanted.frozen && !evenIfFrozen ? 'frozen' : null;
}

async function nextFence(manager: EntityManager, pointId: string): Promise<number> {
  const [row]: { number: string }[] = await manager.query(
    `INSERT INTO fences (point_id, number) VALUES ($1, 1)
     ON CONFLICT (point_id) DO UPDATE SET number = fences.number + 1 RETURNING number`,
    [pointId],
  );
  return Number(row?.number);
}

/** Isolations that a point has begun in the last hour, this one not counted: it may always go on. */
async function isWithinLimit(manager: EntityManager, intent: Intent): Promise<boolean> {
  if (intent.step.purpose !== 'isolate') return true;
  const [row]: { begun: string }[] = await manager.query(
    `SELECT count(DISTINCT quarantine_id) AS begun FROM attempts
     WHERE point_id = $1 AND purpose = 'isolate' AND intended_at > now() - interval '1 hour' AND quarantine_id <> $2`,
    [intent.step.pointId, intent.quarantineId],
  );
  return Number(row?.begun) < intent.isolationsAnHour;
}

async function insertAttempt(manager: EntityManager, intent: Intent, fence: number, now: Date): Promise<string> {
  const attemptId = newId();
  const { deviceId, quarantineId, epoch, generation, step } = intent;
  await manager.query(
    `INSERT INTO attempts (attempt_id, device_id, quarantine_id, mac, point_id, epoch, generation, fence, step, purpose,
       payload_sha256, state, intended_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
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
      createHash('sha256').update(canonical(step.step)).digest('hex'),
      ATTEMPT.intent,
      now,
    ],
  );
  if (step.putsBack !== null) {
    const drift = [attemptId, deviceId, step.putsBack, now];
    await manager.query('INSERT INTO drifts (attempt_id, device_id, what, at) VALUES ($1, $2, $3, $4)', drift);
  }
  return attemptId;
}

export async function markSent(manager: EntityManager, attemptId: string): Promise<void> {
  await manager.query('UPDATE attempts SET state = $2 WHERE attempt_id = $1', [attemptId, ATTEMPT.sent]);
}

export async function endAttempts(manager: EntityManager, outcomes: readonly StepOutcome[], now: Date): Promise<void> {
  for (const outcome of outcomes) {
    if (outcome.kind === 'refused') continue;
    const code = outcome.kind === 'failed' ? outcome.code : null;
    await manager.query('UPDATE attempts SET state = $2, code = $3, ended_at = $4 WHERE attempt_id = $1', [
      outcome.attemptId,
      stateOf(outcome),
      code,
      now,
    ]);
  }
}

function stateOf(outcome: Exclude<StepOutcome, { kind: 'refused' }>): AttemptState {
  if (outcome.kind === 'done') return ATTEMPT.ack;
  return outcome.retry === 'permanent' ? ATTEMPT.nak : ATTEMPT.unknown;
}
