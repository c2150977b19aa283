import type { EntityManager } from 'typeorm';
import type { SeenIsolation, SeenPlan } from '#events';
import { publishInTransaction } from '#messaging';
import { isolationEvent, previewEvent, type IsolationData, type PreviewData } from './wish.js';

/** Asks for a plan: keeps the preview in the place of an earlier one of the quarantine, and publishes it. */
export async function wantPreview(manager: EntityManager, data: PreviewData, now: Date): Promise<void> {
  await manager.query(
    `INSERT INTO previews (quarantine_id, device_id, epoch, generation, body, published_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (quarantine_id) DO UPDATE SET epoch = EXCLUDED.epoch, generation = EXCLUDED.generation,
       body = EXCLUDED.body, published_at = EXCLUDED.published_at, plan_digest = NULL, plan = NULL, plan_at = NULL`,
    [data.quarantineId, data.deviceId, data.epoch, data.generation, JSON.stringify(data), now],
  );
  await publishInTransaction(manager, previewEvent(data, now));
}

/** Makes an isolation or a release the wanted state of its device. An older generation never replaces a newer one. */
export async function wantIsolation(manager: EntityManager, data: IsolationData, now: Date): Promise<void> {
  const rows: unknown[] = await manager.query(
    `INSERT INTO wanted (device_id, quarantine_id, epoch, generation, mode, frozen, body, published_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (device_id) DO UPDATE SET quarantine_id = EXCLUDED.quarantine_id, epoch = EXCLUDED.epoch,
       generation = EXCLUDED.generation, mode = EXCLUDED.mode, frozen = EXCLUDED.frozen, body = EXCLUDED.body,
       published_at = EXCLUDED.published_at
       WHERE (wanted.epoch, wanted.generation) < (EXCLUDED.epoch, EXCLUDED.generation)
     RETURNING device_id`,
    [data.deviceId, data.quarantineId, data.epoch, data.generation, data.mode, data.frozen, JSON.stringify(data), now],
  );
  if (rows.length === 0) throw new TypeError('a decision has an older generation than what is wanted already');
  await publishInTransaction(manager, isolationEvent(data, now));
}

/**
 * Sets `frozen` of what is wanted of a device (null: of every device) and publishes it again under the same generation:
 * a hold is no decision about the isolation, whose truth and entries stay those of its generation. Returns how many.
 */
export async function setFrozen(manager: EntityManager, deviceId: string | null, now: Date): Promise<number> {
  const rows: { body: string; frozen: boolean }[] = await manager.query(
    `SELECT w.body, (s.kill_switch OR EXISTS (SELECT 1 FROM holds h WHERE h.device_id = w.device_id)) AS frozen
     FROM wanted w, settings s WHERE w.mode = 'apply' AND ($1::text IS NULL OR w.device_id = $1) ORDER BY w.device_id`,
    [deviceId],
  );
  let changed = 0;
  for (const { body, frozen } of rows) {
    const before = JSON.parse(body) as IsolationData;
    if (before.frozen === frozen) continue;
    const data: IsolationData = { ...before, frozen };
    await manager.query('UPDATE wanted SET frozen = $2, body = $3, published_at = $4 WHERE device_id = $1', [
      data.deviceId,
      frozen,
      JSON.stringify(data),
      now,
    ]);
    await publishInTransaction(manager, isolationEvent(data, now));
    changed += 1;
  }
  return changed;
}

/** Keeps the plan made for a preview. False: it is for an earlier preview, or says nothing new. */
export async function keepPlan(manager: EntityManager, plan: SeenPlan['data'], now: Date): Promise<boolean> {
  const rows: [unknown[], number] = await manager.query(
    `UPDATE previews SET plan_digest = $4, plan = $5, plan_at = $6
     WHERE quarantine_id = $1 AND epoch = $2 AND generation = $3 AND plan IS DISTINCT FROM $5`,
    [plan.quarantineId, plan.epoch, plan.generation, plan.planDigest, JSON.stringify(plan), now],
  );
  return rows[1] > 0;
}

/** Notes the newest generation that enforcement has seen of a device. */
export async function keepSeen(manager: EntityManager, seen: SeenIsolation['data'], now: Date): Promise<void> {
  await manager.query(
    `UPDATE wanted SET seen_epoch = $2, seen_generation = $3, seen_at = $4
     WHERE device_id = $1 AND (seen_epoch IS NULL OR (seen_epoch, seen_generation) <= ($2::bigint, $3::bigint))`,
    [seen.deviceId, seen.epoch, seen.generation, now],
  );
}

/**
 * Publishes again what enforcement has not seen for `lagMs`: isolations whose generation it has not reported, and
 * previews of open proposals without a plan. Returns how many of each.
 */
export async function republishLagging(
  manager: EntityManager,
  lagMs: number,
  now: Date,
): Promise<{ isolations: number; previews: number }> {
  const before = new Date(now.getTime() - lagMs);
  const [isolations]: [{ body: string }[], number] = await manager.query(
    `UPDATE wanted SET published_at = $2
     WHERE published_at < $1 AND (seen_epoch IS NULL OR (seen_epoch, seen_generation) < (epoch, generation))
     RETURNING body`,
    [before, now],
  );
  const [previews]: [{ body: string }[], number] = await manager.query(
    `UPDATE previews p SET published_at = $2 FROM quarantines q
     WHERE q.id = p.quarantine_id AND q.decision = 'proposed' AND p.published_at < $1 AND p.plan IS NULL
     RETURNING p.body`,
    [before, now],
  );
  for (const { body } of isolations) {
    await publishInTransaction(manager, isolationEvent(JSON.parse(body) as IsolationData, now));
  }
  for (const { body } of previews) {
    await publishInTransaction(manager, previewEvent(JSON.parse(body) as PreviewData, now));
  }
  return { isolations: isolations.length, previews: previews.length };
}
