import type { DataSource } from 'typeorm';
import { makeEvent, type PointReported } from '#events';
import { publishInTransaction } from '#messaging';
import { inTransaction } from '#storage';

/** Longer than the time between two reports, so that a replica that lives keeps its points. */
const HELD_SECONDS = 45;

/**
 * Publishes a report if this replica reports the point: it does already, or nobody has for a while. `anyway`: it has carried
 * out a drill there, which nobody else can tell of.
 */
export function publishReport(
  dataSource: DataSource,
  report: PointReported['data'],
  holder: string,
  anyway: boolean,
): Promise<boolean> {
  const { pointId, reportedAt } = report;
  return inTransaction(dataSource, async (manager) => {
    const rows: unknown[] = await manager.query(
      `INSERT INTO point_reporters (point_id, holder, until) VALUES ($1, $2, now() + make_interval(secs => ${HELD_SECONDS}))
       ON CONFLICT (point_id) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until
         WHERE $3 OR point_reporters.holder = EXCLUDED.holder OR point_reporters.until < now()
       RETURNING point_id`,
      [pointId, holder, anyway],
    );
    if (rows.length === 0) return false;
    const place = { source: '/enforcement', subject: pointId, time: new Date(reportedAt) } as const;
    await publishInTransaction(manager, makeEvent({ type: 'lazaret.point.reported', ...place, data: report }));
    return true;
  });
}

/** Leaves the points to whoever comes next. */
export async function giveUpReporting(dataSource: DataSource, holder: string): Promise<void> {
  await dataSource.query('DELETE FROM point_reporters WHERE holder = $1', [holder]);
}
