/** A sensor's clock further off than this is not believed. */
export const CLOCK_LIMIT_MS = 10 * 60_000;

/** The sensor's time, no further than 10 minutes from ours. The sensor's health says when it is further. */
export function clamped(at: number, receivedAt: number): number {
  return Math.min(Math.max(at, receivedAt - CLOCK_LIMIT_MS), receivedAt + CLOCK_LIMIT_MS);
}
