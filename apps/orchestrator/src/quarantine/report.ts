import type { SeenCondition, SeenIsolation } from '#events';

/** A condition as it is kept: by name and observer. */
export type KeptCondition = SeenCondition;

/** What of a quarantine's conditions a report of enforcement changes. Conditions of our own (ReviewDue) are not its matter. */
export interface ConditionChange {
  set: SeenCondition[];
  cleared: { condition: KeptCondition['condition']; observer: string }[];
  /** Conditions that were not there before under any observer. */
  begun: SeenCondition[];
  changed: boolean;
}

export function compareConditions(
  kept: readonly KeptCondition[],
  seen: SeenIsolation['data']['conditions'],
): ConditionChange {
  const theirs = kept.filter(({ condition }) => condition !== 'ReviewDue');
  const same = (a: SeenCondition, b: SeenCondition) => a.condition === b.condition && a.observer === b.observer;
  const cleared = theirs.filter((old) => !seen.some((now) => same(old, now)));
  const set = seen.filter(
    (now) => !theirs.some((old) => same(old, now) && old.reason === now.reason && old.since === now.since),
  );
  const begun = seen.filter((now) => !kept.some((old) => old.condition === now.condition));
  const names = (list: readonly SeenCondition[]) => [...new Set(list.map(({ condition }) => condition))].sort().join();
  const own = kept.filter(({ condition }) => condition === 'ReviewDue');
  return { set, cleared, begun, changed: names(kept) !== names([...own, ...seen]) };
}
