import type { EntityManager } from 'typeorm';
import type { PointReported } from '#events';
import type { Listed, Page } from '../commands.js';
import type { PointView } from '../queries.js';

/** A point that has not been reported for so long is not known any more: enforcement reports every 30 s. In ms. */
const SILENT_MS = 100_000;

/** Keeps a report. False: what is kept is newer. */
export async function keepPoint(
  manager: EntityManager,
  point: PointReported['data'],
  receivedAt: Date,
): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    `INSERT INTO points (point_id, body, reported_at, received_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (point_id) DO UPDATE SET body = EXCLUDED.body, reported_at = EXCLUDED.reported_at,
       received_at = EXCLUDED.received_at
     WHERE points.reported_at <= EXCLUDED.reported_at RETURNING point_id`,
    [point.pointId, JSON.stringify(point), point.reportedAt, receivedAt],
  );
  return rows.length > 0;
}

/** Points in order of their ids; `next` is the id to go on from. */
export async function listPoints(
  manager: EntityManager,
  { limit, cursor }: Page,
  now: Date,
): Promise<Listed<PointView>> {
  const rows: Row[] = await manager.query(
    'SELECT body, received_at FROM points WHERE $1::text IS NULL OR point_id > $1 ORDER BY point_id LIMIT $2',
    [cursor, limit + 1],
  );
  const items = rows.slice(0, limit).map((row) => viewOf(row, now));
  return { items, next: rows.length > limit ? (items.at(-1)?.pointId ?? null) : null };
}

export async function readPoint(manager: EntityManager, pointId: string, now: Date): Promise<PointView | null> {
  const [row]: Row[] = await manager.query('SELECT body, received_at FROM points WHERE point_id = $1', [pointId]);
  return row ? viewOf(row, now) : null;
}

export async function allPoints(manager: EntityManager, now: Date): Promise<PointView[]> {
  const rows: Row[] = await manager.query('SELECT body, received_at FROM points ORDER BY point_id');
  return rows.map((row) => viewOf(row, now));
}

interface Row {
  body: string;
  received_at: Date;
}

function viewOf({ body, received_at }: Row, now: Date): PointView {
  const report = JSON.parse(body) as PointReported['data'];
  return {
    ...report,
    silent: now.getTime() - received_at.getTime() > SILENT_MS,
    receivedAt: received_at.toISOString(),
  };
}
