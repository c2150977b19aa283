import type { LazaretEvent } from '#events';
import { Counters, type Logger } from '#observability';
import type { DataSource, EntityManager } from 'typeorm';
import type { Claim, LogBounds, TopicPartition } from './claim.js';
import { DEFAULT_TUNING, type ConsumerTuning } from './consumer-options.js';
import { deadLetterOf, type Rejection } from './dead-letter.js';
import { decode, type RawRecord, type TopicReader } from './decode.js';
import { MessagingError } from './errors.js';
import type { EventProducer } from './event.publisher.js';
import { classify, FAILURE, inWords } from './failure.js';
import { exitProcess, type OnFatal } from './fatal.js';
import { PartitionConsumer } from './partition.consumer.js';
import { moveOwnedProgress } from './progress.store.js';
import { readerOf, type TopicSchemas } from './topic-readers.js';

/** An event and where it was read. */
export interface ReplayItem<E extends LazaretEvent = LazaretEvent> {
  event: E;
  offset: string;
}

/** State in memory that is rebuilt from a snapshot and the records after it. */
export interface ReplayHandler<E extends LazaretEvent = LazaretEvent> {
  /**
   * Load the partition's state from its snapshot, in place of any that is held, and give the snapshot's next offset;
   * null: there is none, read from the beginning of the log. Called at each assignment, and when `handle` failed.
   */
  assigned(partition: number): Promise<string | null>;
  /** The partition is another's: forget its state. Do not write a snapshot here, it would be refused. */
  revoked(partition: number): Promise<void>;
  /** In order of offsets. If it throws, the state is loaded again with `assigned`, so it may be half changed then. */
  handle(partition: number, items: ReplayItem<E>[]): Promise<void>;
}

export interface ReplayConsumerOptions<E extends LazaretEvent = LazaretEvent> {
  service: string;
  /** Kafka group and name in the progress table; begins with the service's name. */
  group: string;
  topic: string;
  brokers: string[];
  dataSource: DataSource;
  /** For dead letters. */
  producer: EventProducer;
  logger: Logger;
  handler: ReplayHandler<E>;
  counters?: Counters;
  onFatal?: OnFatal;
  topicSchemas?: TopicSchemas;
  tuning?: Partial<ConsumerTuning>;
  now?: () => Date;
}

const TRIES = 3;

/** What is known of a partition while it is ours and while it is read again after a failure. */
interface PartitionMemory {
  claim: Claim;
  /** Up to here records are handled one at a time, to find the one that fails. */
  singlyUntil: bigint;
  tries: Map<bigint, number>;
  /** Went to the dead letter; left out when read again. */
  rejected: Set<bigint>;
}

/**
 * Reads one topic for a service that keeps its state in memory: begins where the snapshot ends, hands batches over, and
 * lets the service store snapshot and next offset in one transaction, fenced by the owner epoch (`advance`). A record
 * that can't be read, or that `handle` can't take, goes to the dead letter; after a restart that may happen again, under
 * the same event id.
 */
export class ReplayConsumer<E extends LazaretEvent = LazaretEvent> {
  readonly counters: Counters;
  private readonly reader: TopicReader;
  private readonly consumer: PartitionConsumer;
  private readonly memories = new Map<number, PartitionMemory>();

  constructor(private readonly options: ReplayConsumerOptions<E>) {
    const { brokers, dataSource, group, logger, onFatal, topic, topicSchemas, tuning } = options;
    this.counters = options.counters ?? new Counters();
    this.reader = readerOf(topic, topicSchemas);
    this.consumer = new PartitionConsumer({
      group,
      topics: [topic],
      brokers,
      dataSource,
      logger,
      counters: this.counters,
      onFatal: onFatal ?? exitProcess(logger),
      tuning: { ...DEFAULT_TUNING, ...tuning },
      work: {
        assigned: (claim, bounds) => this.assigned(claim, bounds),
        revoked: (partition) => this.revoked(partition),
        handle: (claim, records) => this.handle(claim, records),
      },
    });
  }

  start(): Promise<void> {
    return this.consumer.start();
  }

  stop(): Promise<void> {
    return this.consumer.stop();
  }

  /** Whether everything up to the log ends that `start` saw is handled, of our partitions. */
  hasCaughtUp(): Promise<boolean> {
    return this.consumer.hasCaughtUp();
  }

  /**
   * Moves the partition's progress within the snapshot's transaction. Throws `fenced` when the partition is no longer
   * ours, or is being read again: then the transaction must not commit.
   */
  async advance(manager: EntityManager, partition: number, nextOffset: string): Promise<void> {
    const memory = this.memories.get(partition);
    if (!memory?.claim.valid) throw new MessagingError('fenced', `partition ${partition} is not ours now`);
    await moveOwnedProgress(manager, memory.claim, BigInt(nextOffset));
    for (const offset of memory.rejected) if (offset < BigInt(nextOffset)) memory.rejected.delete(offset);
  }

  private async assigned(claim: Claim, { low }: LogBounds): Promise<bigint> {
    const next = await this.options.handler.assigned(claim.partition);
    const before = this.memories.get(claim.partition);
    const memory = before ?? { claim, singlyUntil: 0n, tries: new Map<bigint, number>(), rejected: new Set<bigint>() };
    memory.claim = claim;
    this.memories.set(claim.partition, memory);
    return next === null ? low : BigInt(next);
  }

  private async revoked({ partition }: TopicPartition): Promise<void> {
    this.memories.delete(partition);
    await this.options.handler.revoked(partition);
  }

  private async handle(claim: Claim, records: readonly RawRecord[]): Promise<void> {
    const memory = this.memories.get(claim.partition);
    const last = records.at(-1);
    if (!memory || !last) return;
    const items: ReplayItem<E>[] = [];
    for (const record of records) items.push(...(await this.read(claim, memory, record)));
    const first = records[0]?.offset ?? last.offset;
    const groups = first < memory.singlyUntil ? items.map((item) => [item]) : [items];
    for (const group of groups) if (group.length > 0) await this.hand(claim, memory, group, records);
    claim.next = last.offset + 1n;
    this.counters.add(`event.handled:${claim.topic}`, items.length);
  }

  /** The event of a record, if it has one for us. */
  private async read(claim: Claim, memory: PartitionMemory, record: RawRecord): Promise<ReplayItem<E>[]> {
    if (memory.rejected.has(record.offset)) return [];
    const decoded = decode(record, this.reader);
    switch (decoded.kind) {
      case 'event':
        return [{ event: decoded.event as E, offset: record.offset.toString() }];
      case 'skip':
        this.counters.add(`event.skipped:${decoded.reason}`);
        return [];
      case 'bad':
        await this.reject(claim, memory, record, { ...decoded, attempts: 1 });
        return [];
    }
  }

  private async hand(
    claim: Claim,
    memory: PartitionMemory,
    items: ReplayItem<E>[],
    records: readonly RawRecord[],
  ): Promise<void> {
    try {
      await this.options.handler.handle(claim.partition, items);
    } catch (error) {
      const kind = classify(error);
      if (kind === FAILURE.permanent || kind === FAILURE.unknown)
        await this.suspect(claim, memory, items, records, error);
      throw rewound(error);
    }
  }

  /** Several at once: they will come one at a time. One alone: it has had one try more. */
  private async suspect(
    claim: Claim,
    memory: PartitionMemory,
    items: readonly ReplayItem<E>[],
    records: readonly RawRecord[],
    error: unknown,
  ): Promise<void> {
    const offset = BigInt(items.at(-1)?.offset ?? 0);
    if (offset >= memory.singlyUntil) memory.singlyUntil = offset + 1n;
    if (items.length > 1) return;
    const tries = (memory.tries.get(offset) ?? 0) + 1;
    memory.tries.set(offset, tries);
    if (tries < TRIES && classify(error) === FAILURE.unknown) return;
    const record = records.find((candidate) => candidate.offset === offset);
    if (record)
      await this.reject(claim, memory, record, { code: 'handler-failed', reason: inWords(error), attempts: tries });
  }

  private async reject(claim: Claim, memory: PartitionMemory, record: RawRecord, rejection: Rejection): Promise<void> {
    const now = this.options.now?.() ?? new Date();
    await this.options.producer.publish([deadLetterOf(record, claim, rejection, now)]);
    memory.rejected.add(record.offset);
    memory.tries.delete(record.offset);
    this.counters.add(`event.dead-lettered:${rejection.code}`);
    const { topic, partition, consumer } = claim;
    const keys = { topic, partition, consumer, offset: record.offset.toString(), code: rejection.code };
    this.options.logger.error({ ...keys, reason: rejection.reason }, 'event went to the dead letter');
  }
}

/** The state may be half changed: the partition is claimed anew, which loads the snapshot and reads on from there. */
function rewound(error: unknown): Error {
  return Object.assign(new Error(`handle failed, state is loaded again: ${inWords(error)}`, { cause: error }), {
    code: 'replay-rewound',
    retry: 'transient' as const,
  });
}
