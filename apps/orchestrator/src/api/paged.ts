import type { Page } from '../commands.js';

type Query = { limit: number; cursor?: string | undefined };

/** Splits a query into its page and its filter; what was not asked for is absent, not undefined. */
export function paged<Q extends Query>(query: Q): { page: Page; filter: Given<Omit<Q, keyof Query>> } {
  const { limit, cursor, ...rest } = query;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { page: { limit, cursor: cursor ?? null }, filter: given as Given<Omit<Q, keyof Query>> };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
