import type { Listed, Page } from '../commands.js';
import { invalid } from './validated.pipe.js';

type Query = { limit: number; cursor?: string | undefined };
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** What is listed: a cursor of one list is none of another. */
export type ListName = 'devices' | 'quarantines' | 'points' | 'readiness';

/** Splits a query into its page and its filter; what was not asked for is absent, not undefined. */
export function paged<Q extends Query>(query: Q, list: ListName): { page: Page; filter: Given<Omit<Q, keyof Query>> } {
  const { limit, cursor, ...rest } = query;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const page = { limit, cursor: cursor === undefined ? null : placeOf(cursor, list) };
  return { page, filter: given as Given<Omit<Q, keyof Query>> };
}

/** The list with its `next` as people get it: text that only this service reads. */
export function withCursor<T>({ items, next }: Listed<T>, list: ListName): Listed<T> {
  return { items, next: next === null ? null : Buffer.from(`${list} ${next}`).toString('base64url') };
}

function placeOf(cursor: string, list: ListName): string {
  const [name, id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (name === list && /^[\x21-\x7e]{1,64}$/.test(id)) return id;
  throw invalid([{ pointer: '/cursor', code: 'bad-cursor', detail: 'use the "next" of the page before, as it is' }]);
}
