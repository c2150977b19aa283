import type { Counters, Logger } from '#observability';
import type { Admin } from 'kafkajs';
import type { DataSource } from 'typeorm';
import type { Assignment, Assignments } from './assignments.js';
import { fullJitter } from './backoff.js';
import { keyOf, type Claim, type LogBounds, type TopicPartition } from './claim.js';
import { MessagingError } from './errors.js';
import { inWords } from './failure.js';
import { readLogBounds } from './log-bounds.client.js';
import { claimPartitions } from './progress.store.js';

export interface ClaimLoopOptions {
  consumer: string;
  assignments: Assignments;
  admin: Admin;
  dataSource: DataSource;
  logger: Logger;
  counters: Counters;
  /** A partition was claimed in the database: begin to read it. */
  begin(assignment: Assignment, claim: Claim, bounds: LogBounds): Promise<void>;
}

/**
 * Claims the partitions that are assigned and due, all in one statement, again and again until the database and the
 * broker answer; then sleeps until the next is due.
 */
export class ClaimLoop {
  private timer: NodeJS.Timeout | undefined;
  private isClaiming = false;
  private isStopped = false;

  constructor(private readonly options: ClaimLoopOptions) {}

  /** To be called whenever a partition has come or has become due. */
  wake(): void {
    clearTimeout(this.timer);
    if (this.isStopped || this.isClaiming) return;
    const wait = this.options.assignments.nextDue(performance.now());
    if (wait === null) return;
    this.timer = setTimeout(() => {
      this.isClaiming = true;
      void this.claimDue().finally(() => {
        this.isClaiming = false;
        this.wake();
      });
    }, wait);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async claimDue(): Promise<void> {
    const { assignments, counters, logger } = this.options;
    const due = assignments.due(performance.now());
    if (due.length === 0) return;
    try {
      await this.claim(due);
    } catch (error) {
      counters.add('claim.failed');
      logger.warn({ reason: inWords(error), partitions: due.length }, 'partitions could not be claimed');
      for (const assignment of due) if (!assignment.claim) postpone(assignment);
    }
  }

  private async claim(due: readonly Assignment[]): Promise<void> {
    const { admin, consumer, dataSource } = this.options;
    const bounds = await readLogBounds(admin, [...new Set(due.map(({ partition }) => partition.topic))]);
    const wanted = due.map(({ partition }) => ({ ...partition, start: boundsOf(bounds, partition).low }));
    for (const claim of await claimPartitions(dataSource, consumer, wanted)) {
      const assignment = due.find(({ partition }) => keyOf(partition) === keyOf(claim));
      if (assignment && !assignment.isGone) await this.options.begin(assignment, claim, boundsOf(bounds, claim));
    }
  }
}

/** One failure more; it is due again after a back-off, in ms. */
export function postpone(assignment: Assignment): number {
  assignment.failures += 1;
  const wait = fullJitter(assignment.failures, Math.random);
  assignment.dueAt = performance.now() + wait;
  return wait;
}

export function boundsOf(bounds: Map<string, LogBounds>, partition: TopicPartition): LogBounds {
  const found = bounds.get(keyOf(partition));
  if (!found) throw new MessagingError('topic-missing', `${keyOf(partition)} does not exist`);
  return found;
}
