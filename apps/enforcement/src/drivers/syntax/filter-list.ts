import { DriverError, type PointIsolation } from '#driver';
import { cutByFamily, rulesOf, type FilterShape, type Rule } from './rule.js';

/** An isolation in a vendor's words, in the order in which the switch must try the lines: the denies are last. */
export interface FilterList {
  lines: string[];
  /** Flow ids of permits that this syntax can't say without opening more, so they stay closed. */
  cut: string[];
}

/** The words of one rule; several lines where one does not do; null: it can't be said in this syntax. */
export type Say = (rule: Rule) => string[] | null;

/**
 * Says each rule. A permit of which one rule can't be said is left out as a whole: half a conversation helps nobody.
 * Throws `too-many-entries` with the count, never a shortened list.
 */
export function filterList(isolation: PointIsolation, shape: FilterShape, say: Say): FilterList {
  const said = rulesOf(isolation, shape).map((rule) => ({ rule, words: say(rule) }));
  const unsaid = said.flatMap(({ rule, words }) => (words === null && rule.flowId !== null ? [rule.flowId] : []));
  const cut = [...new Set([...cutByFamily(isolation, shape), ...unsaid])].sort();
  const kept = said.filter(({ rule }) => rule.flowId === null || !cut.includes(rule.flowId));
  const lines = [...new Set(kept.flatMap(({ words }) => words ?? []))];
  if (lines.length > shape.entries) {
    throw new DriverError('too-many-entries', `${lines.length} entries, ${shape.entries} at most`);
  }
  return { lines, cut };
}
