import { topicOf, type LazaretEvent } from '#events';
import { Counters, type Logger } from '#observability';
import { BatchQueue, inBatches, type Entry } from './batch-queue.js';
import { encode, MAX_RECORD_BYTES, sizeOf, type OutgoingRecord } from './encode.js';
import { MessagingError } from './errors.js';
import { SingleFlightSender } from './single-flight.publisher.js';

export interface EventProducerOptions {
  brokers: string[];
  clientId: string;
  logger: Logger;
  counters?: Counters;
  /** What may wait for the broker, in bytes; 64 MiB unless said. */
  maxQueuedBytes?: number;
}

const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const CONNECT_MS = 60_000;
const DRAIN_MS = 5_000;

/**
 * Sends events to the broker: what is published while a batch is on its way makes up the next one, so nothing waits
 * longer than it must. One batch at a time (concurrent sends of an idempotent kafkajs producer lose acknowledged
 * records), acknowledged by all in-sync replicas, the same batch again until it is. Delivery is at least once.
 */
export class EventProducer {
  readonly counters: Counters;
  private readonly queue: BatchQueue;
  private readonly sender: SingleFlightSender;
  private sending: Promise<void> | undefined;
  private isClosed = false;

  constructor(options: EventProducerOptions) {
    this.counters = options.counters ?? new Counters();
    this.queue = new BatchQueue(options.maxQueuedBytes ?? MAX_QUEUED_BYTES, MAX_RECORD_BYTES);
    this.sender = new SingleFlightSender({ ...options, counters: this.counters });
  }

  /** Bytes that wait or are on their way. */
  get queuedBytes(): number {
    return this.queue.queuedBytes;
  }

  /** Waits for the broker, a minute at most; then rejects with `broker-unreachable`. */
  async connect(): Promise<void> {
    await this.sender.connect(CONNECT_MS);
  }

  /**
   * Resolves when all events are acknowledged, however long the broker is away. Rejects at once with `queue-full` or
   * `event-too-large`, then nothing of the call was taken; with `record-refused` if the broker will never take one.
   */
  async publish(events: readonly LazaretEvent[]): Promise<void> {
    await this.publishRecords(events.map((event) => encode(event, topicOf(event.type))));
  }

  /**
   * As `publish`, with records that are already encoded. With `signal` they can be taken back: what was not sent is not
   * sent then, what is on its way may arrive; either way the call rejects with `withdrawn`.
   */
  async publishRecords(records: readonly OutgoingRecord[], signal?: AbortSignal): Promise<void> {
    if (this.isClosed) throw new MessagingError('closed', 'the producer is closed');
    if (signal?.aborted) throw withdrawn();
    const batches = inBatches(records, MAX_RECORD_BYTES);
    const total = records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (total > this.queue.room) {
      this.counters.add('producer.refused:queue-full');
      throw new MessagingError('queue-full', `no room for ${total} bytes`);
    }
    await Promise.all(batches.map((batch) => this.enqueue(batch, signal)));
  }

  /** Takes nothing more, waits a few seconds for what is queued, rejects the rest with `closed`. */
  async close(): Promise<void> {
    this.isClosed = true;
    const drained = this.sending ?? Promise.resolve();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([drained, new Promise<void>((resolve) => (timer = setTimeout(resolve, DRAIN_MS)))]);
    clearTimeout(timer);
    for (let rest = this.queue.take(); rest.length > 0; rest = this.queue.take()) this.reject(rest, closed());
    await this.sender.close();
  }

  private enqueue(records: readonly OutgoingRecord[], signal: AbortSignal | undefined): Promise<void> {
    let withdraw: () => void = () => undefined;
    const acknowledged = new Promise<void>((resolve, reject) => {
      const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
      const entry: Entry = { records, bytes, signal, resolve, reject };
      this.queue.put(entry);
      withdraw = () => {
        if (this.queue.withdraw(entry)) reject(withdrawn());
      };
      signal?.addEventListener('abort', withdraw, { once: true });
      this.sending ??= this.sendAll();
    });
    // The relay's signal lives as long as its connection: it must not keep every record that ever was published.
    return acknowledged.finally(() => signal?.removeEventListener('abort', withdraw));
  }

  private async sendAll(): Promise<void> {
    await Promise.resolve(); // what is published in this turn of the loop travels together
    while (!this.queue.isEmpty()) await this.sendBatch(this.queue.take());
    this.sending = undefined;
  }

  private async sendBatch(entries: readonly Entry[]): Promise<void> {
    const isWanted = (): boolean => entries.some(({ signal }) => !signal?.aborted);
    try {
      await this.sender.send(
        entries.flatMap(({ records }) => records),
        isWanted,
      );
      this.queue.done(entries);
      for (const entry of entries) entry.resolve();
    } catch (error) {
      if (entries.length === 1 || !(error instanceof MessagingError) || error.code !== 'record-refused') {
        this.reject(entries, error as Error);
        return;
      }
      // One record of the batch is bad: the others must not suffer for it.
      for (const entry of entries) await this.sendBatch([entry]);
    }
  }

  private reject(entries: readonly Entry[], error: Error): void {
    this.queue.done(entries);
    for (const entry of entries) entry.reject(error);
  }
}

function closed(): MessagingError {
  return new MessagingError('closed', 'the producer was closed before the broker acknowledged');
}

function withdrawn(): MessagingError {
  return new MessagingError('withdrawn', 'the records were taken back');
}
