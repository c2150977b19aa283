import type { ProbeFinding } from '#driver';

/** Whether a point answers, as its own probes and the loop's readings have shown. */
export interface Health {
  /** null: not asked yet. */
  reachable: boolean | null;
  since: Date | null;
  answeredAt: Date | null;
  /** The last fault in words, until it answers again. */
  lastFailure: string | null;
  probedAt: Date | null;
  findings: readonly ProbeFinding[];
}

export const unasked: Health = {
  reachable: null,
  since: null,
  answeredAt: null,
  lastFailure: null,
  probedAt: null,
  findings: [],
};

/** The point has answered something. */
export function answeredAt(health: Health, now: Date): Health {
  const since = health.reachable === true ? health.since : now;
  return { ...health, reachable: true, since, answeredAt: now, lastFailure: null };
}

/** The point has not answered, or can't be reached. */
export function failedAt(health: Health, words: string, now: Date): Health {
  const since = health.reachable === false ? health.since : now;
  return { ...health, reachable: false, since, lastFailure: words };
}

/**
 * A probe's findings. A point that refuses what we show (a wrong secret, F32) answers nothing that counts: findings that
 * all failed are a point that can't be used.
 */
export function probed(health: Health, findings: readonly ProbeFinding[], now: Date): Health {
  const asked = findings.filter(({ ok }) => ok !== null);
  const failed = asked.filter(({ ok }) => ok === false);
  const [first] = failed;
  const next =
    first && failed.length === asked.length
      ? failedAt(health, `${first.check}: ${first.detail}`, now)
      : answeredAt(health, now);
  return { ...next, probedAt: now, findings };
}

/** Whether people would read something else. Times alone are no change. */
export function isNews(a: Health, b: Health): boolean {
  return (
    a.reachable !== b.reachable ||
    a.lastFailure !== b.lastFailure ||
    JSON.stringify(a.findings) !== JSON.stringify(b.findings)
  );
}
