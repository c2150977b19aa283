import { setTimeout as sleep } from 'node:timers/promises';

/** Lets so many calls a second begin, evenly, in the order in which they came. */
export class Pace {
  private next = 0;
  private readonly gapMs: number;

  constructor(perSecond: number) {
    this.gapMs = 1000 / perSecond;
  }

  /** Resolves when it is this caller's turn. */
  async turn(): Promise<void> {
    const now = performance.now();
    // A short burst is no harm: the rate is what a whole second may hold.
    const at = Math.max(this.next, now - 200);
    this.next = at + this.gapMs;
    if (at > now) await sleep(at - now);
  }
}
