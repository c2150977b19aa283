import { makeEvent, type SensorReported } from '#events';
import { CLOCK_LIMIT_MS } from './clock.js';
import type { SensorIdentity } from './sensor-identity.js';

/** What is wrong with a sensor, in words that people look up. */
export const PROBLEMS = {
  templatesMissing: 'templates-missing',
  recordsLost: 'records-lost',
  socketDrops: 'socket-drops',
  smallReceiveBuffer: 'small-receive-buffer',
  clockOff: 'clock-off',
  unreachable: 'unreachable',
  tableUnreadable: 'table-unreadable',
  noExport: 'no-export',
  fileMissing: 'file-missing',
} as const;
export type Problem = (typeof PROBLEMS)[keyof typeof PROBLEMS];

/** A difference below this is the way of the record to us, not the sensor's clock. */
const CLOCK_NOISE_MS = 100;
/** How long a loss shows as a problem. */
const LOSS_SHOWN_MS = 60_000;

/** Keeps what is reported of one sensor. Loss is counted, never silent. Pure: the clock is an argument. */
export class SensorHealth {
  private lastRecordAt: number | null = null;
  private keptAliveAt: number | null = null;
  private observed = 0;
  private heardUntil: number | null = null;
  private clockOffset = 0;
  private clockBest = Number.NEGATIVE_INFINITY;
  private lost = 0;
  private lostAt = Number.NEGATIVE_INFINITY;
  private dropped = 0;
  private droppedAt = Number.NEGATIVE_INFINITY;
  private readonly failures = new Map<string, number>();
  private readonly problems = new Set<Problem>();
  private reportedAt: number | null = null;

  constructor(
    readonly identity: SensorIdentity,
    private readonly covers: readonly string[],
  ) {}

  /** Up to when the sensor has told everything, by its own clock: its newest record, or a keep-alive that it answered. */
  get observedUntil(): number | null {
    const { heardUntil, keptAliveAt } = this;
    if (heardUntil === null || keptAliveAt === null) return heardUntil ?? keptAliveAt;
    return Math.max(heardUntil, keptAliveAt);
  }

  /** `prompt`: it was sent as it happened, so that its age shows how far the sensor's clock is from ours. */
  record(at: number, receivedAt: number, prompt: boolean): void {
    this.observed += 1;
    this.lastRecordAt = receivedAt;
    this.heardUntil = Math.max(this.heardUntil ?? 0, at);
    if (prompt) this.clockBest = Math.max(this.clockBest, at - receivedAt);
  }

  /** `at` by our clock; what is reported is by the sensor's, as the times of its records are. */
  keptAlive(at: number): void {
    this.keptAliveAt = Math.max(this.keptAliveAt ?? 0, at + this.clockOffset);
  }

  refused(reason: string): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }

  lose(records: number, now: number): void {
    if (records === 0) return;
    this.lost += records;
    this.lostAt = now;
  }

  /** `total`: as the kernel counts it since the socket was made. */
  socketDrops(total: number, now: number): void {
    if (total > this.dropped) this.droppedAt = now;
    this.dropped = Math.max(this.dropped, total);
  }

  set(problem: Problem, isSo: boolean): void {
    if (isSo) this.problems.add(problem);
    else this.problems.delete(problem);
  }

  failuresOf(reason: string): number {
    return this.failures.get(reason) ?? 0;
  }

  report(now: number, site: string): SensorReported {
    const { identity } = this;
    const seconds = this.reportedAt === null ? 0 : (now - this.reportedAt) / 1000;
    const recordsPerSecond = seconds > 0 ? Math.round((this.observed / seconds) * 10) / 10 : 0;
    this.noteClock();
    this.set(PROBLEMS.recordsLost, now - this.lostAt < LOSS_SHOWN_MS);
    this.set(PROBLEMS.socketDrops, now - this.droppedAt < LOSS_SHOWN_MS);
    this.reportedAt = now;
    this.observed = 0;
    const data = {
      sensorId: identity.id,
      kind: identity.kind,
      site,
      trustDomain: identity.trustDomain,
      authenticated: identity.authenticatedBy !== null,
      authenticatedBy: identity.authenticatedBy,
      covers: [...this.covers],
      lastRecordAt: text(this.lastRecordAt),
      observedUntil: text(this.observedUntil),
      clockOffsetMs: this.clockOffset,
      recordsPerSecond,
      lost: this.lost,
      droppedBySocket: this.dropped,
      parseFailures: [...this.failures.values()].reduce((sum, count) => sum + count, 0),
      problems: [...this.problems].sort(),
    };
    return makeEvent({
      type: 'lazaret.sensor.reported',
      source: '/discovery',
      subject: identity.id,
      time: new Date(now),
      data,
    });
  }

  private noteClock(): void {
    if (!Number.isFinite(this.clockBest)) return;
    this.clockOffset = Math.abs(this.clockBest) < CLOCK_NOISE_MS ? 0 : Math.round(this.clockBest);
    this.set(PROBLEMS.clockOff, Math.abs(this.clockOffset) > CLOCK_LIMIT_MS);
    this.clockBest = Number.NEGATIVE_INFINITY;
  }
}

function text(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
