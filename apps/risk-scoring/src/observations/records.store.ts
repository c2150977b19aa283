import type { AssessmentChanged } from '#events';
import type { Counters, Logger } from '#observability';
import { inTransaction } from '#storage';
import type { DataSource } from 'typeorm';
import { putAssessments } from '../assessments/assessment.store.js';
import { insertEvidence } from '../evidence/evidence.store.js';
import type { WeighedEvidence } from './partition.js';

/** More pieces than this wait for the database: nothing more is weighed until it takes them. */
const MOST_WAITING = 20_000;
const PIECES_AT_ONCE = 2_000;

/**
 * Evidence and told assessments on their way to the database, in the background: a person's record must not make the
 * decision wait. What is lost in a crash is made again, the same, by the replay from the snapshot.
 */
export class Records {
  private evidence: WeighedEvidence[] = [];
  private assessments = new Map<string, AssessmentChanged>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
    private readonly counters: Counters,
  ) {}

  get isBehind(): boolean {
    return this.evidence.length >= MOST_WAITING;
  }

  addEvidence(evidence: readonly WeighedEvidence[]): void {
    for (const one of evidence) this.evidence.push(one);
  }

  addAssessments(events: readonly AssessmentChanged[]): void {
    for (const event of events) this.assessments.set(event.data.deviceId, event);
  }

  /** Resolves when everything that was added up to now is stored. Rejects when it could not be; it is kept then. */
  flush(): Promise<void> {
    const before = this.writing.catch(() => undefined);
    this.writing = before.then(() => this.write());
    return this.writing;
  }

  /** As `flush`, for a timer: a failure is logged and tried again next time. */
  async flushQuietly(): Promise<void> {
    if (this.evidence.length === 0 && this.assessments.size === 0) return;
    try {
      await this.flush();
    } catch (error) {
      this.counters.add('records.not-stored');
      this.logger.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'records could not be stored');
    }
  }

  private async write(): Promise<void> {
    const told = this.assessments;
    this.assessments = new Map();
    try {
      while (this.evidence.length > 0) await this.writePieces();
      if (told.size > 0) await inTransaction(this.dataSource, (manager) => putAssessments(manager, [...told.values()]));
    } catch (error) {
      // Newer ones, told meanwhile, win.
      this.assessments = new Map([...told, ...this.assessments]);
      throw error;
    }
  }

  private async writePieces(): Promise<void> {
    const pieces = this.evidence.slice(0, PIECES_AT_ONCE);
    await inTransaction(this.dataSource, (manager) => insertEvidence(manager, pieces));
    this.evidence = this.evidence.slice(pieces.length);
    this.counters.add('evidence.stored', pieces.length);
  }
}
