import { DriverError } from '#driver';
import type { CompiledEntries, Driver, DriverProfile, Fence, PointHint } from '#driver';
import type { PointIsolation, PointReading, ProbeFinding, Step } from '#driver';
import { Breaker } from './breaker.js';

/** The point has failed lately and is not asked before `until`: nothing was sent. */
export class PointRests extends DriverError {
  constructor(
    pointId: string,
    readonly until: Date,
  ) {
    super('unreachable', `${pointId} has not answered lately and is asked again at ${until.toISOString()}`);
    this.name = 'PointRests';
  }
}

/**
 * A driver behind a circuit breaker, so that a dead point costs its own devices a time-out now and then, and others
 * nothing. Readings and writes are counted apart: a point may tell its state and be silent to every change.
 */
export class GuardedDriver implements Driver {
  private readonly reads: Breaker;
  private readonly writes: Breaker;

  constructor(
    private readonly driver: Driver,
    private readonly now: () => Date = () => new Date(),
    random: () => number = Math.random,
  ) {
    this.reads = new Breaker(random);
    this.writes = new Breaker(random);
  }

  get pointId(): string {
    return this.driver.pointId;
  }

  get profile(): DriverProfile {
    return this.driver.profile;
  }

  compile(isolation: PointIsolation): CompiledEntries {
    return this.driver.compile(isolation);
  }

  read(macs: readonly string[]): Promise<PointReading> {
    return this.guarded(this.reads, () => this.driver.read(macs));
  }

  apply(step: Step, fence: Fence): Promise<void> {
    return this.guarded(this.writes, () => this.driver.apply(step, fence));
  }

  watch(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }> {
    return this.driver.watch((hint) => {
      if (hint.kind === 'reachable' || hint.kind === 'restarted')
        for (const one of [this.reads, this.writes]) one.wake();
      listener(hint);
    });
  }

  /** Not guarded: people and the report of the point's health want to know now. */
  probe(): Promise<ProbeFinding[]> {
    return this.driver.probe();
  }

  undo(isolation: PointIsolation): string[] {
    return this.driver.undo(isolation);
  }

  close(): Promise<void> {
    return this.driver.close();
  }

  /** Until when the point is not asked; null: it is. */
  get restsUntil(): Date | null {
    return this.reads.resting(this.now()) ?? this.writes.resting(this.now());
  }

  private async guarded<T>(breaker: Breaker, call: () => Promise<T>): Promise<T> {
    const until = this.restsUntil;
    if (until) throw new PointRests(this.pointId, until);
    try {
      const result = await call();
      breaker.succeeded();
      return result;
    } catch (error) {
      if (isSilence(error)) breaker.failed(this.now());
      throw error;
    }
  }
}

/** A refusal is an answer: only silence counts. */
function isSilence(error: unknown): boolean {
  return error instanceof DriverError && (error.code === 'unreachable' || error.code === 'no-answer');
}
