import type { EntityManager } from 'typeorm';
import type { PlanMode, PointFinding, PointReported } from '#events';
import { appendAudit, lockWriter } from '../audit/audit.store.js';
import { ENFORCEMENT } from '../commands.js';
import type { DrillView } from '../queries.js';

/** What was asked for, as it is kept. */
export interface NewDrill {
  drillId: string;
  pointId: string;
  requestedBy: string;
  reason: string;
  port: string | null;
  mac: string | null;
  mode: PlanMode | null;
  requestedAt: Date;
  expiresAt: Date;
}

export async function insertDrill(manager: EntityManager, drill: NewDrill): Promise<void> {
  const { drillId, pointId, requestedBy, reason, port, mac, mode, requestedAt, expiresAt } = drill;
  await manager.query(
    `INSERT INTO drills (drill_id, point_id, requested_by, reason, port, mac, mode, requested_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [drillId, pointId, requestedBy, reason, port, mac, mode, requestedAt, expiresAt],
  );
}

/** The drill of this point that may still be under way: begun and not ended, or asked for and not too late. */
export async function openDrill(manager: EntityManager, pointId: string, now: Date): Promise<string | null> {
  const [row]: { drill_id: string }[] = await manager.query(
    `SELECT drill_id FROM drills WHERE point_id = $1 AND ended_at IS NULL AND (state = 'running' OR expires_at > $2)
     LIMIT 1`,
    [pointId, now],
  );
  return row?.drill_id ?? null;
}

/** Takes over what a point's report says of its last drill; its end comes into the audit, once. */
export async function followDrill(manager: EntityManager, point: PointReported['data'], now: Date): Promise<void> {
  const { drillId, drillState, drillEndedAt, drillFindings } = point;
  if (drillId === null || drillState === null) return;
  const [, count] = await manager.query<[unknown[], number]>(
    `UPDATE drills SET state = $2, findings = $3, ended_at = $4 WHERE drill_id = $1 AND ended_at IS NULL`,
    [drillId, drillState, JSON.stringify(drillFindings), drillEndedAt],
  );
  if (count === 0 || drillEndedAt === null) return;
  await lockWriter(manager);
  const facts = { drillId, state: drillState, confirmed: point.confirmed, interruption: point.interruption };
  const subject = `point/${point.pointId}`;
  await appendAudit(manager, { actor: ENFORCEMENT, action: 'drill.ended', subject, facts, at: now });
}

export async function readDrill(manager: EntityManager, drillId: string, now: Date): Promise<DrillView | null> {
  const [row]: {
    drill_id: string;
    point_id: string;
    requested_by: string;
    reason: string;
    port: string | null;
    mac: string | null;
    mode: PlanMode | null;
    requested_at: Date;
    expires_at: Date;
    state: DrillView['state'];
    findings: string;
    ended_at: Date | null;
  }[] = await manager.query('SELECT * FROM drills WHERE drill_id = $1', [drillId]);
  if (!row) return null;
  return {
    drillId: row.drill_id,
    pointId: row.point_id,
    requestedBy: row.requested_by,
    reason: row.reason,
    port: row.port,
    mac: row.mac,
    mode: row.mode,
    requestedAt: row.requested_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    // Enforcement begins none after that time, so nothing comes of it any more.
    state: row.state === 'asked' && now > row.expires_at ? 'expired' : row.state,
    findings: JSON.parse(row.findings) as PointFinding[],
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
