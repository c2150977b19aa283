import { keyOf, type LogBounds, type TopicPartition } from './claim.js';

/** How far somebody has come in a partition. */
export interface Position extends TopicPartition {
  next: bigint;
}

/**
 * Whether every partition that holds records has been handled up to the end that was seen. A partition may have two
 * positions, the stored one and the one in memory beyond records that are shown to nobody: the further one counts.
 */
export function isCaughtUp(targets: ReadonlyMap<string, LogBounds>, positions: readonly Position[]): boolean {
  const furthest = new Map<string, bigint>();
  for (const position of positions) {
    const key = keyOf(position);
    if (position.next > (furthest.get(key) ?? -1n)) furthest.set(key, position.next);
  }
  return [...targets].every(([key, { low, high }]) => high === low || (furthest.get(key) ?? 0n) >= high);
}
