import type { SeenCondition } from '#events';
import type { Finding } from '../check/refusal.js';

/** Findings of this run as conditions: one that was there before keeps its time. One of each kind and reason. */
export function conditionsFrom(
  findings: readonly Finding[],
  before: readonly SeenCondition[],
  now: Date,
): SeenCondition[] {
  const found = new Map<string, SeenCondition>();
  for (const { condition, reason, observer } of findings) {
    const known = before.find((one) => one.condition === condition && one.reason === reason);
    const since = known?.since ?? now.toISOString();
    found.set(`${condition} ${reason}`, { condition, reason, since, observer });
  }
  return [...found.values()];
}
