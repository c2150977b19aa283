import type { DataSource, EntityManager } from 'typeorm';

/** Whether the consumer meets this event for the first time; from then on it has met it. */
export async function isFirstSight(manager: EntityManager, consumer: string, eventId: string): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    'INSERT INTO inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1 AS first',
    [consumer, eventId],
  );
  return rows.length > 0;
}

/** Forgets what no second copy can come of any more. A second copy is minutes away, a reset of progress days. */
export async function pruneInbox(dataSource: DataSource, consumer: string, days: number): Promise<number> {
  const [, count] = await dataSource.query<[unknown[], number]>(
    `DELETE FROM inbox WHERE (consumer, event_id) IN (
       SELECT consumer, event_id FROM inbox
        WHERE consumer = $1 AND received_at < now() - make_interval(days => $2) LIMIT 10000)`,
    [consumer, days],
  );
  return count;
}
