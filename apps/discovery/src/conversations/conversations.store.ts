import type { EntityManager } from 'typeorm';
import type { KnownConversation } from './conversation-log.js';

const KEPT = "interval '30 days'";

/** The conversations seen last, oldest first, `limit` at most. */
export async function loadConversations(manager: EntityManager, limit: number): Promise<KnownConversation[]> {
  const rows: { key: string; first_seen: Date; last_seen: Date }[] = await manager.query(
    'SELECT key, first_seen, last_seen FROM conversations ORDER BY last_seen DESC LIMIT $1',
    [limit],
  );
  return rows
    .reverse()
    .map((row) => ({ key: row.key, firstSeen: row.first_seen.getTime(), lastSeen: row.last_seen.getTime() }));
}

export async function saveConversations(
  manager: EntityManager,
  conversations: readonly KnownConversation[],
): Promise<void> {
  await manager.query(
    `INSERT INTO conversations (key, first_seen, last_seen)
     SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[])
     ON CONFLICT (key) DO UPDATE SET last_seen = greatest(conversations.last_seen, excluded.last_seen)`,
    [
      conversations.map(({ key }) => key),
      conversations.map(({ firstSeen }) => new Date(firstSeen)),
      conversations.map(({ lastSeen }) => new Date(lastSeen)),
    ],
  );
  await manager.query(`DELETE FROM conversations WHERE last_seen < now() - ${KEPT}`);
}
