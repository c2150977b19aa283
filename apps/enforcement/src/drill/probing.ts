import { isAnswer, type ProbeAttempt, type Prober } from './probe.js';
import type { Sample } from './measure.js';

/** Attempts are this far apart, and each waits less than the kernel's first repetition of a SYN. In ms. */
const EVERY_MS = 50;
export const ATTEMPT_MS = 900;
/** So long every attempt must have been answered, for the way to count as steady. In ms. */
const STEADY_MS = 800;
/** A drill ends long before; what it remembers is bounded all the same. */
const SAMPLES_AT_MOST = 4000;

/** Asks the test device over and over, from before the first write until after the release. */
export class Probing {
  readonly samples: Sample[] = [];
  private readonly timer: NodeJS.Timeout;
  private readonly open = new Set<Promise<void>>();

  constructor(
    private readonly prober: Prober,
    private readonly attempt: Omit<ProbeAttempt, 'timeoutMs'>,
    private readonly clock: () => number,
  ) {
    this.timer = setInterval(() => this.ask(), EVERY_MS);
  }

  /** Resolves true once every attempt of the last while was answered, all of it after `since`; false at the deadline. */
  async steady(since: number, deadline: number): Promise<boolean> {
    while (this.clock() < deadline) {
      const from = Math.max(since, this.clock() - STEADY_MS);
      const recent = this.samples.filter(({ sentAt }) => sentAt >= from);
      const long = recent.length >= STEADY_MS / EVERY_MS / 2 && recent.every(({ answered }) => answered);
      if (long && this.clock() - since >= STEADY_MS) return true;
      await pause(EVERY_MS);
    }
    return false;
  }

  /** No further attempts; waits for those that are on their way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
  }

  private ask(): void {
    if (this.samples.length >= SAMPLES_AT_MOST) return;
    const sentAt = this.clock();
    const done = this.prober.attempt({ ...this.attempt, timeoutMs: ATTEMPT_MS }).then((outcome) => {
      this.samples.push({ sentAt, answered: isAnswer(outcome) });
      this.open.delete(done);
    });
    this.open.add(done);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
