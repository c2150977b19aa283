import type { Counters, Logger } from '#observability';
import type { DataSource } from 'typeorm';
import type { Claim, LogBounds, TopicPartition } from './claim.js';
import type { RawRecord } from './decode.js';
import type { OnFatal } from './fatal.js';
import type { Patience } from './watchdog.js';

/** What is done with the records of a partition. Where a method throws, the partition is claimed and tried again. */
export interface PartitionWork {
  /** The partition is ours now. Gives where to begin; null: at the stored progress. */
  assigned?(claim: Claim, bounds: LogBounds): Promise<bigint | null>;
  /** The partition is no longer ours. */
  revoked?(partition: TopicPartition): Promise<void>;
  /** Handles the records, in order, and moves `claim.next` beyond them. */
  handle(claim: Claim, records: readonly RawRecord[]): Promise<void>;
}

/** Times in ms. */
export interface ConsumerTuning {
  /** After this without a heartbeat the group gives our partitions away. The broker's default minimum is 6,000. */
  sessionTimeoutMs: number;
  heartbeatMs: number;
  /** Longest wait of a fetch for records. It adds no latency, as one byte ends it, but each stop waits for it. */
  maxWaitMs: number;
  maxBytesPerPartition: number;
  /** Partitions handled at the same time; each needs a database connection. */
  concurrency: number;
  /** Records of one transaction at most. */
  chunk: number;
  patience: Patience;
  /** How long another owner may need to find out that it is no longer one. */
  fencedPauseMs: number;
}

export const DEFAULT_TUNING: ConsumerTuning = {
  sessionTimeoutMs: 6_000,
  heartbeatMs: 1_000,
  maxWaitMs: 50,
  maxBytesPerPartition: 524_288,
  concurrency: 4,
  chunk: 200,
  patience: { signMs: 60_000, stepMs: 60_000 },
  fencedPauseMs: 2_000,
};

export interface PartitionConsumerOptions {
  /** The Kafka group, and the consumer's name in the progress table. */
  group: string;
  topics: readonly string[];
  brokers: string[];
  dataSource: DataSource;
  logger: Logger;
  counters: Counters;
  work: PartitionWork;
  onFatal: OnFatal;
  tuning: ConsumerTuning;
}
