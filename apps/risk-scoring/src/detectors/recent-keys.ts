/**
 * The distinct things of a recent span of time, as immutable plain data: buckets of [key, last seen (ms), note]. An
 * update copies one bucket, so that a detector can stay pure under a scan of thousands of addresses. Bounded: a bucket
 * that is full forgets what it saw longest ago.
 */
export type RecentKeys<T> = readonly (readonly RecentKey<T>[])[];
export type RecentKey<T> = readonly [key: string, seenAt: number, note: T];

export interface Span {
  ms: number;
  /** The most keys of one bucket; there are 32. */
  bucketSize: number;
}

const BUCKETS = 32;
export const NOTHING_SEEN: RecentKeys<never> = [];

/** What was noted of a key, if it was seen within the span around `at`. */
export function recall<T>(keys: RecentKeys<T>, key: string, at: number, span: Span): T | undefined {
  const found = keys[bucketOf(key)]?.find(([known]) => known === key);
  return found && Math.abs(at - found[1]) < span.ms ? found[2] : undefined;
}

/** Notes that a key was seen at `at`. What is older than the span leaves its bucket. */
export function remember<T>(keys: RecentKeys<T>, key: string, at: number, note: T, span: Span): RecentKeys<T> {
  const buckets = keys.length === BUCKETS ? [...keys] : Array.from({ length: BUCKETS }, () => []);
  const index = bucketOf(key);
  const seenBefore = buckets[index]?.find(([known]) => known === key)?.[1] ?? at;
  const others = (buckets[index] ?? []).filter(([known, seenAt]) => known !== key && at - seenAt < span.ms);
  if (others.length >= span.bucketSize) others.splice(oldest(others), 1);
  buckets[index] = [...others, [key, Math.max(at, seenBefore), note]];
  return buckets;
}

/** How many distinct keys were seen within the span around `at`. */
export function countRecent<T>(keys: RecentKeys<T>, at: number, span: Span): number {
  let count = 0;
  for (const bucket of keys) for (const [, seenAt] of bucket) if (Math.abs(at - seenAt) < span.ms) count++;
  return count;
}

/** When the newest key was seen, or -Infinity. */
export function lastSeen<T>(keys: RecentKeys<T>): number {
  let newest = -Infinity;
  for (const bucket of keys) for (const [, seenAt] of bucket) newest = Math.max(newest, seenAt);
  return newest;
}

function oldest<T>(bucket: readonly RecentKey<T>[]): number {
  let index = 0;
  bucket.forEach(([, seenAt], i) => {
    if (seenAt < (bucket[index]?.[1] ?? Infinity)) index = i;
  });
  return index;
}

/** FNV-1a over the characters: spreads, needs not resist. */
function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % BUCKETS;
}
