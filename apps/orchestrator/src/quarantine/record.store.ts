import type { EntityManager } from 'typeorm';
import type { Condition, QuarantineChange } from '#events';
import { publishInTransaction } from '#messaging';
import { appendAudit } from '../audit/audit.store.js';
import type { Actor } from '../commands.js';
import { EVENTS_CHANNEL } from '../queries.js';
import { quarantineEvent } from './quarantine-event.js';
import type { Quarantine, Situation } from './situation.js';

/** Who moves a quarantine, why and when. */
export interface Deciding {
  actor: Actor;
  reason: string;
  now: Date;
}

/**
 * Writes a change of a quarantine down, in its transaction and under the writer lock: the audit entry, the event for
 * people and automation, and the event's place in the stream (the entry's `seq`).
 */
export async function recordChange(
  manager: EntityManager,
  change: QuarantineChange,
  quarantine: Quarantine,
  device: Situation['device'],
  { actor, reason, now }: Deciding,
): Promise<void> {
  const { conditions, given } = await besides(manager, quarantine);
  const occasion = { change, actor, reason, at: now, conditions, approvalsGiven: given };
  const event = quarantineEvent(quarantine, device, occasion);
  const { decision, truth, generation, epoch, planDigest, policyVersion, rule, level } = quarantine;
  const seq = await appendAudit(manager, {
    actor,
    action: `quarantine.${change}`,
    subject: quarantine.id,
    facts: {
      deviceId: quarantine.deviceId,
      reason,
      decision,
      truth,
      conditions,
      approvalsGiven: given,
      epoch,
      generation,
      planDigest,
      policyVersion,
      rule,
      level,
      eventId: event.id,
    },
    at: now,
  });
  await manager.query(
    `INSERT INTO quarantine_events (seq, quarantine_id, type, at, body) VALUES ($1, $2, $3, $4, $5)
     RETURNING pg_notify($6, $1::text)`,
    [seq, quarantine.id, event.type, now, JSON.stringify(event), EVENTS_CHANNEL],
  );
  await publishInTransaction(manager, event);
}

/** What an event says of other tables: the conditions now, and the approvals of this plan under this policy. */
async function besides(
  manager: EntityManager,
  { id, planDigest, policyVersion }: Quarantine,
): Promise<{ conditions: Condition[]; given: number }> {
  const [row]: { conditions: Condition[]; given: number }[] = await manager.query(
    `SELECT ARRAY(SELECT DISTINCT condition FROM conditions WHERE quarantine_id = $1 ORDER BY condition) AS conditions,
       (SELECT count(*)::int FROM approvals WHERE quarantine_id = $1 AND plan_digest = $2 AND policy_version = $3
         AND spent_at IS NULL) AS given`,
    [id, planDigest, policyVersion],
  );
  return row ?? { conditions: [], given: 0 };
}
