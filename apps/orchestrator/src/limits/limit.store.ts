import type { EntityManager } from 'typeorm';
import type { LimitView } from '../queries.js';
import { windowOf, type Scope } from './scopes.js';

/**
 * Takes one isolation from each scope's hour, or none at all: then it names the scope that is used up. Each row is taken
 * by one statement that finds it below its cap, so that no number of transactions at once gets past the cap; rows come
 * in the order of `scopes` for everybody, so that no two wait for each other in a circle.
 */
export async function takeLimits(manager: EntityManager, scopes: readonly Scope[], now: Date): Promise<string | null> {
  const window = windowOf(now);
  await manager.query('SAVEPOINT limits');
  await manager.query(
    `INSERT INTO limits (scope, window_start, cap, used)
     SELECT scope, $2, cap, 0 FROM unnest($1::text[], $3::int[]) WITH ORDINALITY AS one (scope, cap, place) ORDER BY place
     ON CONFLICT DO NOTHING`,
    [scopes.map(({ scope }) => scope), window, scopes.map(({ cap }) => cap)],
  );
  for (const { scope, cap } of scopes) {
    const [, taken]: [unknown[], number] = await manager.query(
      `UPDATE limits SET used = used + 1, cap = $3 WHERE scope = $1 AND window_start = $2 AND used < $3`,
      [scope, window, cap],
    );
    if (taken === 0) {
      await manager.query('ROLLBACK TO SAVEPOINT limits');
      return scope;
    }
  }
  await manager.query('RELEASE SAVEPOINT limits');
  return null;
}

/** The rows of the hour that `now` lies in. */
export async function readLimits(manager: EntityManager, now: Date): Promise<LimitView[]> {
  const rows: { scope: string; window_start: Date; cap: number; used: number }[] = await manager.query(
    'SELECT scope, window_start, cap, used FROM limits WHERE window_start = $1 ORDER BY scope',
    [windowOf(now)],
  );
  return rows.map(({ scope, window_start, cap, used }) => ({
    scope,
    windowStart: window_start.toISOString(),
    cap,
    used,
  }));
}
