/** A point that fails so often in a row is given a rest. */
export const FAILURES_TO_OPEN = 2;
const FIRST_REST_MS = 2000;
const LONGEST_REST_MS = 60_000;
const SHORTEST_REST_MS = 250;

/**
 * Counts the failures of one kind of call to a point. After the second in a row the point rests, for a random time up to
 * a ceiling that doubles with each further failure (full jitter, so that devices do not come back all at once). When the
 * rest is over the next call is the trial. Pure but for what it counts: time and chance are given.
 */
export class Breaker {
  private failures = 0;
  private restsUntil: Date | null = null;

  constructor(private readonly random: () => number) {}

  /** Until when nobody should call; null: a call may be made. */
  resting(now: Date): Date | null {
    return this.restsUntil !== null && this.restsUntil > now ? this.restsUntil : null;
  }

  succeeded(): void {
    this.failures = 0;
    this.restsUntil = null;
  }

  failed(now: Date): void {
    this.failures += 1;
    if (this.failures < FAILURES_TO_OPEN) return;
    const ceiling = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(this.failures - FAILURES_TO_OPEN, 10));
    const rest = Math.max(SHORTEST_REST_MS, this.random() * ceiling);
    this.restsUntil = new Date(now.getTime() + rest);
  }

  /** Somebody has heard from the point: the next call may be made now. */
  wake(): void {
    this.restsUntil = null;
  }
}
