import type { Admin, Consumer, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs';
import { Assignments, type Assignment } from './assignments.js';
import { boundsOf, ClaimLoop, postpone } from './claim-loop.store.js';
import { isInLog, outsideLog, type Claim, type LogBounds, type TopicPartition } from './claim.js';
import type { PartitionConsumerOptions } from './consumer-options.js';
import type { RawRecord } from './decode.js';
import { MessagingError } from './errors.js';
import { isCaughtUp } from './caught-up.js';
import { classify, FAILURE, inWords } from './failure.js';
import { BRIEF, createKafka, PATIENT } from './kafka.client.js';
import { readLogBounds, waitForLogBounds } from './log-bounds.client.js';
import { toRecord } from './raw-record.js';
import { readProgress } from './progress.store.js';
import { stallOf } from './watchdog.js';

/** How long a service waits at boot for a broker that is not there yet. In ms. */
const BOOT_PATIENCE_MS = 60_000;
const LEAVE_MS = 8_000;

/**
 * A kafkajs consumer whose position is the progress table's. When partitions are assigned they stay paused until they
 * are claimed in the database, which fences the former owner; reading starts at what the claim says, and Kafka's
 * committed offset is only a hint for tools. Errors never reach kafkajs, which would crash or loop on them: a partition
 * that fails is paused and claimed anew after a back-off, while the others go on.
 */
export class PartitionConsumer {
  private readonly consumer: Consumer;
  private readonly admin: Admin;
  private readonly assignments = new Assignments();
  private readonly claims: ClaimLoop;
  private targets = new Map<string, LogBounds>();
  private timers: NodeJS.Timeout[] = [];
  private isStopping = false;
  private lastSign = performance.now();

  constructor(private readonly options: PartitionConsumerOptions) {
    const { brokers, counters, dataSource, group, logger, tuning } = options;
    const client = { brokers, clientId: group, logger };
    this.admin = createKafka({ ...client, retry: BRIEF }).admin({ retry: BRIEF });
    const kafka = createKafka({ ...client, retry: PATIENT, onLine: () => this.sign() });
    this.consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: tuning.sessionTimeoutMs,
      heartbeatInterval: tuning.heartbeatMs,
      rebalanceTimeout: Math.max(tuning.sessionTimeoutMs, 10_000),
      maxWaitTimeInMs: tuning.maxWaitMs,
      maxBytesPerPartition: tuning.maxBytesPerPartition,
      retry: PATIENT,
    });
    const { admin, assignments } = this;
    const begin = this.begin.bind(this);
    this.claims = new ClaimLoop({ consumer: group, assignments, admin, dataSource, logger, counters, begin });
  }

  /** Joins the group. Rejects when the broker can't be reached or a topic is missing. */
  async start(): Promise<void> {
    const { topics, tuning } = this.options;
    this.targets = await waitForLogBounds(this.admin, topics, BOOT_PATIENCE_MS);
    await this.consumer.connect();
    this.listen();
    await this.consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: tuning.concurrency,
      eachBatch: (payload) => this.eachBatch(payload),
    });
    this.timers = [setInterval(() => this.watch(), 1_000), setInterval(() => void this.commitHints(), 1_000)];
    for (const timer of this.timers) timer.unref();
  }

  /** Finishes the steps that are running and leaves the group. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const timer of this.timers) clearInterval(timer);
    this.claims.stop();
    // Without a broker kafkajs would try for minutes to say goodbye to it.
    await Promise.race([this.leave(), new Promise((resolve) => setTimeout(resolve, LEAVE_MS).unref())]);
    await this.revoke(this.assignments.replace([]));
  }

  private async leave(): Promise<void> {
    await this.consumer.disconnect().catch(() => undefined);
    await this.admin.disconnect().catch(() => undefined);
  }

  /** Whether the group, whoever owns what in it, has handled everything up to the log ends that `start` saw. */
  async hasCaughtUp(): Promise<boolean> {
    const stored = await readProgress(this.options.dataSource, this.options.group);
    return isCaughtUp(this.targets, [...stored, ...this.assignments.positions()]);
  }

  private listen(): void {
    const { events } = this.consumer;
    this.consumer.on(events.GROUP_JOIN, (event) => this.onGroupJoin(event));
    this.consumer.on(events.CRASH, ({ payload }) => this.onCrash(payload));
    this.consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      // Nothing but control or compacted records: kafkajs goes on beyond them without asking us.
      if (payload.batchSize === 0) this.assignments.get(payload)?.passed(BigInt(payload.lastOffset) + 1n);
    });
    for (const event of [events.FETCH_START, events.FETCH, events.HEARTBEAT, events.REBALANCING] as const) {
      this.consumer.on(event as typeof events.FETCH, () => this.sign());
    }
  }

  private sign(): void {
    this.lastSign = performance.now();
  }

  private watch(): void {
    const signs = { lastSign: this.lastSign, stepsSince: this.assignments.stepsSince() };
    const stall = stallOf(signs, performance.now(), this.options.tuning.patience);
    if (stall && !this.isStopping) this.fatal(stall);
  }

  private fatal(error: Error): void {
    this.isStopping = true;
    this.claims.stop();
    this.options.onFatal(error);
  }

  private onCrash({ error, restart }: { error: Error; restart: boolean }): void {
    this.options.counters.add('consumer.crashed');
    this.options.logger.error({ reason: inWords(error), restart }, 'consumer crashed');
    void this.revoke(this.assignments.replace([]));
    if (restart || this.isStopping) return;
    this.fatal(new MessagingError('consumer-stopped', inWords(error), { cause: error }));
  }

  /** Runs before the first fetch of the new assignment, as kafkajs emits this within its join. */
  private onGroupJoin({ payload }: ConsumerGroupJoinEvent): void {
    this.sign();
    const assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    const revoked = this.assignments.replace(assigned);
    for (const partition of assigned) this.pause(partition);
    this.options.logger.info({ assigned: assigned.length, revoked: revoked.length }, 'partitions assigned');
    void this.revoke(revoked).then(() => this.claims.wake());
  }

  private async revoke(partitions: readonly TopicPartition[]): Promise<void> {
    for (const partition of partitions) {
      try {
        await this.options.work.revoked?.(partition);
      } catch (error) {
        this.options.logger.warn({ ...partition, reason: inWords(error) }, 'giving a partition up failed');
      }
    }
  }

  private pause({ topic, partition }: TopicPartition): void {
    try {
      this.consumer.pause([{ topic, partitions: [partition] }]);
    } catch {
      // Not running: every partition is paused when the group is joined again.
    }
  }

  private async begin(assignment: Assignment, claim: Claim, bounds: LogBounds): Promise<void> {
    const from = (await this.options.work.assigned?.(claim, bounds)) ?? claim.next;
    if (!isInLog(from, bounds)) return this.fatal(outsideLog(claim, from, bounds));
    if (assignment.isGone || this.isStopping) return;
    claim.next = from;
    const { topic, partition } = claim;
    this.consumer.seek({ topic, partition, offset: from.toString() });
    assignment.take(claim);
    this.consumer.resume([{ topic, partitions: [partition] }]);
  }

  private claimAgain(assignment: Assignment, wait: number): void {
    this.pause(assignment.partition);
    assignment.drop();
    assignment.dueAt = performance.now() + wait;
    this.claims.wake();
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const assignment = this.assignments.get(batch);
    const claim = assignment?.claim;
    if (!assignment || !claim) return;
    if (!(await this.isInPlace(assignment, claim, batch))) return;
    const records = batch.messages.filter(({ offset }) => BigInt(offset) >= claim.next).map(toRecord);
    const { chunk } = this.options.tuning;
    for (let at = 0; at < records.length; at += chunk) {
      if (!payload.isRunning() || payload.isStale() || !claim.valid) return;
      const isDone = await this.step(assignment, claim, records.slice(at, at + chunk), payload);
      if (!isDone || !claim.valid) return;
      payload.resolveOffset((claim.next - 1n).toString());
      assignment.passed(claim.next);
      await payload.heartbeat();
    }
  }

  /**
   * kafkajs reads from elsewhere than asked in two cases: it went on beyond records that it shows to nobody, or the
   * offset was out of range and it silently went to the start of the log. Only the log's bounds tell them apart.
   */
  private async isInPlace(assignment: Assignment, claim: Claim, batch: EachBatchPayload['batch']): Promise<boolean> {
    const fetched = BigInt((batch as { fetchedOffset?: string }).fetchedOffset ?? claim.next);
    if (fetched === claim.next || fetched === assignment.position) return true;
    try {
      const bounds = boundsOf(await readLogBounds(this.admin, [claim.topic]), claim);
      if (!isInLog(claim.next, bounds)) this.fatal(outsideLog(claim, claim.next, bounds));
      else this.claimAgain(assignment, 0);
    } catch (error) {
      this.options.logger.warn({ topic: claim.topic, reason: inWords(error) }, 'the bounds of the log are unknown');
      this.claimAgain(assignment, postpone(assignment));
    }
    return false;
  }

  /** Whether the records are done. While they are worked on the group hears that we live. */
  private async step(
    assignment: Assignment,
    claim: Claim,
    records: readonly RawRecord[],
    payload: EachBatchPayload,
  ): Promise<boolean> {
    const end = assignment.beginStep(performance.now());
    // A heartbeat that fails here fails again after the step, where kafkajs can act on it.
    const beat = setInterval(() => void payload.heartbeat().catch(() => undefined), this.options.tuning.heartbeatMs);
    try {
      await this.options.work.handle(claim, records);
      assignment.failures = 0;
      return true;
    } catch (error) {
      this.onStepFailed(assignment, claim, error);
      return false;
    } finally {
      clearInterval(beat);
      end();
    }
  }

  private onStepFailed(assignment: Assignment, claim: Claim, error: unknown): void {
    const { counters, logger, tuning } = this.options;
    const kind = classify(error);
    counters.add(kind === FAILURE.fenced ? 'step.fenced' : 'step.failed');
    const { topic, partition } = claim;
    const keys = { topic, partition, next: claim.next.toString(), kind, failures: assignment.failures + 1 };
    logger.warn({ ...keys, reason: inWords(error) }, 'step failed and will be tried again');
    if (assignment.claim !== claim) return;
    const wait = kind === FAILURE.fenced ? tuning.fencedPauseMs * (1 + Math.random()) : postpone(assignment);
    this.claimAgain(assignment, wait);
  }

  /** Tells the broker how far we are, for lag tools and for nothing else. */
  private async commitHints(): Promise<void> {
    const hints = this.assignments.takeHints();
    if (hints.length === 0 || this.isStopping) return;
    const offsets = hints.map(({ partition, position }) => ({ ...partition, offset: position.toString() }));
    await this.consumer.commitOffsets(offsets).catch(() => undefined);
  }
}
