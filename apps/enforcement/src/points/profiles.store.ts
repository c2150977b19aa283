import type { DataSource, EntityManager } from 'typeorm';
import type { PointDescription } from './description.js';
import type { Measured } from './effective-profile.js';

/** What a drill has shown of a point, and which drill. */
export interface Drilled {
  measured: Measured;
  drillId: string;
  by: string;
  at: Date;
}

/** What is known of points by drills, by point id: only where model and configuration are still those that were drilled. */
export async function readDrilled(
  dataSource: DataSource,
  descriptions: ReadonlyMap<string, PointDescription>,
): Promise<Map<string, Drilled>> {
  const rows: {
    point_id: string;
    model: string;
    fingerprint: string;
    measured: string;
    drill_id: string;
    drilled_by: string;
    drilled_at: Date;
  }[] = await dataSource.query('SELECT * FROM point_profiles WHERE point_id = ANY($1)', [[...descriptions.keys()]]);
  const valid = rows.filter(({ point_id, model, fingerprint }) => {
    const now = descriptions.get(point_id);
    return now?.model === model && now.fingerprint === fingerprint;
  });
  return new Map(
    valid.map((row) => [
      row.point_id,
      {
        measured: JSON.parse(row.measured) as Measured,
        drillId: row.drill_id,
        by: row.drilled_by,
        at: row.drilled_at,
      },
    ]),
  );
}

/** Keeps what a drill has shown in the place of what the one before had. */
export async function keepDrilled(
  manager: EntityManager,
  pointId: string,
  { model, fingerprint }: PointDescription,
  { measured, drillId, by, at }: Drilled,
): Promise<void> {
  await manager.query(
    `INSERT INTO point_profiles (point_id, model, fingerprint, measured, drill_id, drilled_by, drilled_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (point_id) DO UPDATE SET model = EXCLUDED.model, fingerprint = EXCLUDED.fingerprint,
       measured = EXCLUDED.measured, drill_id = EXCLUDED.drill_id, drilled_by = EXCLUDED.drilled_by,
       drilled_at = EXCLUDED.drilled_at`,
    [pointId, model, fingerprint, JSON.stringify(measured), drillId, by, at],
  );
}
