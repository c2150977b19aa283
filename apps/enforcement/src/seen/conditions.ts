import type { SeenCondition } from '#events';
import type { Finding } from '../check/refusal.js';

/** Findings of this run as conditions, one of each kind and observer: one that was there before keeps its time. */
export function conditionsFrom(
  findings: readonly Finding[],
  before: readonly SeenCondition[],
  now: Date,
): SeenCondition[] {
  const found = new Map<string, { condition: SeenCondition['condition']; observer: string; reasons: Set<string> }>();
  for (const { condition, reason, observer } of findings) {
    const key = `${condition} ${observer}`;
    const one = found.get(key) ?? { condition, observer, reasons: new Set<string>() };
    found.set(key, { ...one, reasons: one.reasons.add(reason) });
  }
  return [...found.values()].map(({ condition, observer, reasons }) => {
    const known = before.find((one) => one.condition === condition && one.observer === observer);
    return { condition, reason: [...reasons].join('; '), since: known?.since ?? now.toISOString(), observer };
  });
}
