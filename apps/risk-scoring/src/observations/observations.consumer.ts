import { TOPICS, type ObservationsReported } from '#events';
import { type EventProducer, ReplayConsumer, type ReplayHandler, type ReplayItem } from '#messaging';
import type { Counters, Logger } from '#observability';
import { inTransaction } from '#storage';
import type { DataSource } from 'typeorm';
import { AssessmentsPublisher } from '../assessments/assessments.publisher.js';
import { ContextCache } from '../context/context-cache.consumer.js';
import { deleteOldEvidence } from '../evidence/evidence.store.js';
import { Partition, type Surroundings } from './partition.js';
import { Records } from './records.store.js';
import { decodeSnapshot, encodeSnapshot } from './snapshot.js';
import { readSnapshot, writeSnapshot } from './snapshot.store.js';
import { Weighing, type Outcome } from './weighing.js';

export interface ObservationsConsumerOptions {
  service: string;
  brokers: string[];
  dataSource: DataSource;
  producer: EventProducer;
  logger: Logger;
  counters: Counters;
  surroundings: Surroundings;
  epoch: number;
  snapshotSeconds: number;
}

const TELL_LATER_MS = 1_000;
const RECORDS_MS = 500;
const SWEEP_MS = 30_000;
const PRUNE_MS = 3_600_000;
/** Who stops does not wait longer for a broker or database that is away; the replay makes up for it. */
const LAST_SAVE_MS = 5_000;
/** So many events since a snapshot, and the next is taken at once: a replay stays short. */
const EVENTS_A_SNAPSHOT = 50_000;

/**
 * Reads observations, has them weighed and tells what comes of it; keeps a snapshot of each partition in the database.
 * An assessment is told before the snapshot that knows of it is committed, so that none is lost; after a crash it is
 * told again with the same offset, which readers drop.
 */
export class ObservationsConsumer implements ReplayHandler<ObservationsReported> {
  private readonly weighing: Weighing;
  private readonly records: Records;
  private readonly publisher: AssessmentsPublisher;
  private readonly contexts: ContextCache;
  private readonly consumer: ReplayConsumer<ObservationsReported>;
  /** Next offset of the newest snapshot, by partition. */
  private readonly saved = new Map<number, bigint>();
  private readonly saving = new Map<number, Promise<void>>();
  private timers: NodeJS.Timeout[] = [];

  constructor(private readonly options: ObservationsConsumerOptions) {
    const { brokers, counters, dataSource, epoch, logger, producer, service, surroundings } = options;
    this.weighing = new Weighing(surroundings, epoch);
    this.records = new Records(dataSource, logger, counters);
    this.publisher = new AssessmentsPublisher(producer, logger, counters, (told) => this.records.addAssessments(told));
    this.contexts = new ContextCache(dataSource, surroundings.context, logger, (deviceId, at) => {
      this.publisher.publish(this.weighing.release(deviceId, at, Date.now()));
    });
    const group = `${service}-observations`;
    const reading = { service, group, topic: TOPICS.observations, brokers, dataSource, producer, logger, counters };
    this.consumer = new ReplayConsumer({ ...reading, handler: this });
  }

  /** Reads what is known around, then begins to weigh. Call it when the other topics are caught up. */
  async start(): Promise<void> {
    await this.contexts.open();
    this.options.surroundings.calendar.prepare(Date.now());
    await this.consumer.start();
    this.every(TELL_LATER_MS, () => this.publisher.publish(this.weighing.tellLater(Date.now())));
    this.every(SWEEP_MS, () => this.publisher.publish(this.weighing.sweep(Date.now())));
    this.every(RECORDS_MS, () => void this.records.flushQuietly());
    this.every(this.options.snapshotSeconds * 1000, () => void this.saveAll());
    this.every(PRUNE_MS, () => void this.deleteOld());
  }

  /** Saves everything, then leaves the group: who takes over reads only what came in between. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.race([this.saveAll(), new Promise((resolve) => setTimeout(resolve, LAST_SAVE_MS).unref())]);
    await this.consumer.stop();
    await this.records.flushQuietly();
    this.publisher.close();
    await this.contexts.close();
  }

  async assigned(number: number): Promise<string | null> {
    const bytes = await readSnapshot(this.options.dataSource.manager, number);
    const partition = bytes === null ? null : decodeSnapshot(number, bytes);
    this.weighing.put(partition ?? new Partition(number));
    this.saved.set(number, partition?.nextOffset ?? 0n);
    return partition?.nextOffset.toString() ?? null;
  }

  async revoked(number: number): Promise<void> {
    this.forget(number);
  }

  /** No waiting in here: state, evidence and assessments of a batch are one step. */
  async handle(number: number, items: ReplayItem<ObservationsReported>[]): Promise<void> {
    if (this.records.isBehind) throw behind();
    this.keep(this.weigh(number, items));
    const partition = this.weighing.partition(number);
    if (partition && partition.nextOffset - this.savedOffset(number) >= EVENTS_A_SNAPSHOT) void this.save(number);
  }

  private weigh(number: number, items: readonly ReplayItem<ObservationsReported>[]): Outcome {
    try {
      return this.weighing.weigh(number, items, Date.now());
    } catch (error) {
      // Half weighed: never to be saved. It is loaded again from the last snapshot.
      this.forget(number);
      throw error;
    }
  }

  private keep({ evidence, assessments }: Outcome): void {
    this.publisher.publish(assessments);
    this.records.addEvidence(evidence);
    this.options.counters.add('evidence.weighed', evidence.length);
  }

  private forget(number: number): void {
    this.weighing.forget(number);
    this.saved.delete(number);
  }

  private async saveAll(): Promise<void> {
    await Promise.all(this.weighing.numbers().map((number) => this.save(number)));
  }

  private async save(number: number): Promise<void> {
    const running = this.saving.get(number);
    if (running) return running;
    const saving = this.saveNow(number)
      .catch((error: unknown) => {
        this.options.counters.add('snapshot.not-stored');
        const reason = error instanceof Error ? error.message : 'unknown';
        this.options.logger.warn({ partition: number, reason }, 'a snapshot could not be stored');
      })
      .finally(() => this.saving.delete(number));
    this.saving.set(number, saving);
    return saving;
  }

  /** Takes the state as it is now; commits it when all that came of it is told and stored. */
  private async saveNow(number: number): Promise<void> {
    const partition = this.weighing.partition(number);
    if (!partition || partition.nextOffset === this.savedOffset(number)) return;
    const bytes = encodeSnapshot(partition);
    const { nextOffset } = partition;
    await this.publisher.settled();
    await this.records.flush();
    await inTransaction(this.options.dataSource, async (manager) => {
      await this.consumer.advance(manager, number, nextOffset.toString());
      await writeSnapshot(manager, number, nextOffset.toString(), bytes);
    });
    if (this.saved.has(number)) this.saved.set(number, nextOffset);
    this.options.counters.add('snapshot.stored');
  }

  private savedOffset(number: number): bigint {
    return this.saved.get(number) ?? 0n;
  }

  private async deleteOld(): Promise<void> {
    try {
      while ((await deleteOldEvidence(this.options.dataSource.manager, new Date())) > 0);
    } catch {
      this.options.counters.add('evidence.not-deleted'); // the next hour will do
    }
  }

  private every(ms: number, run: () => void): void {
    const timer = setInterval(run, ms);
    timer.unref();
    this.timers.push(timer);
  }
}

function behind(): Error {
  const error = new Error('the database does not take evidence fast enough');
  return Object.assign(error, { code: 'evidence-behind', retry: 'transient' as const });
}
