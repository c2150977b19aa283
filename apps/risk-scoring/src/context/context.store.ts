import type { EntityManager } from 'typeorm';
import type { ContextRow } from './context.js';

/** Where replicas hear that a context has changed. The payload is JSON `[kind, key]`. */
export const CONTEXT_CHANNEL = 'risk_scoring_contexts';

/** Stores a context; every replica hears of it at the commit. What says nothing new is neither written nor told. */
export async function putContext(manager: EntityManager, { kind, key, body }: ContextRow): Promise<void> {
  const changed = await manager.query<unknown[]>(
    `INSERT INTO contexts AS c (kind, key, body) VALUES ($1, $2, $3)
         ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body, changed_at = now()
      WHERE c.body IS DISTINCT FROM excluded.body
     RETURNING 1`,
    [kind, key, body],
  );
  if (changed.length > 0) {
    await manager.query('SELECT pg_notify($1, $2)', [CONTEXT_CHANNEL, JSON.stringify([kind, key])]);
  }
}

export async function readContexts(manager: EntityManager): Promise<ContextRow[]> {
  return manager.query<ContextRow[]>('SELECT kind, key, body FROM contexts');
}

export async function readContext(manager: EntityManager, kind: string, key: string): Promise<ContextRow | undefined> {
  const rows = await manager.query<ContextRow[]>('SELECT kind, key, body FROM contexts WHERE kind = $1 AND key = $2', [
    kind,
    key,
  ]);
  return rows[0];
}
