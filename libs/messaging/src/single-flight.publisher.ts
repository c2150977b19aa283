import type { Counters, Logger } from '#observability';
import { isNativeError } from 'node:util/types';
import { Partitioners, type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import { fullJitter } from './backoff.js';
import type { OutgoingRecord } from './encode.js';
import { MessagingError } from './errors.js';
import { inWords } from './failure.js';
import { BRIEF, createKafka } from './kafka.client.js';

export interface SenderOptions {
  brokers: string[];
  clientId: string;
  logger: Logger;
  counters: Counters;
}

/** The broker's verdict on the record itself; a later try meets the same one. */
const REFUSED = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'CORRUPT_MESSAGE',
]);

/** The broker and we disagree on what was sent: only a new producer id helps. */
const LOST_SEQUENCE = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'DUPLICATE_SEQUENCE_NUMBER',
]);

/**
 * An idempotent kafkajs producer with one request in flight. After a failure kafkajs takes its sequence numbers back, so
 * the broker would take whatever is sent next for a copy of the failed batch, and drop it. Hence the one rule: after a
 * failure either the same batch again or a new producer id.
 */
export class SingleFlightSender {
  private readonly kafka: Kafka;
  private producer: Producer | undefined;
  private isClosed = false;

  constructor(private readonly options: SenderOptions) {
    this.kafka = createKafka({ ...options, retry: BRIEF });
  }

  async connect(patienceMs: number): Promise<void> {
    const until = performance.now() + patienceMs;
    for (let failures = 1; ; failures += 1) {
      try {
        await this.connected();
        return;
      } catch (error) {
        if (performance.now() > until || this.isClosed) {
          throw new MessagingError('broker-unreachable', inWords(error), { cause: error });
        }
        await pause(failures);
      }
    }
  }

  /**
   * Sends the records until they are acknowledged. Rejects with `record-refused`, with `withdrawn` once `isWanted` is
   * false, or with `closed`. Never to be called again before it has settled.
   */
  async send(records: readonly OutgoingRecord[], isWanted: () => boolean): Promise<void> {
    const topicMessages = grouped(records);
    for (let failures = 1; ; failures += 1) {
      try {
        const producer = await this.connected();
        await producer.sendBatch({ topicMessages, acks: -1, timeout: 5_000 });
        this.options.counters.add('event.sent', records.length);
        return;
      } catch (error) {
        await this.afterFailure(error, failures, isWanted);
        await pause(failures);
      }
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.renew();
  }

  private async afterFailure(error: unknown, failures: number, isWanted: () => boolean): Promise<void> {
    const types = typesOf(error);
    const { counters, logger } = this.options;
    counters.add('producer.failed');
    logger.warn({ failures, reason: inWords(error), types }, 'batch was not acknowledged and will be sent again');
    if (types.some((type) => REFUSED.has(type))) {
      await this.renew();
      throw new MessagingError('record-refused', types.join(', '), { cause: error });
    }
    if (this.isClosed || !isWanted()) {
      await this.renew();
      throw this.isClosed
        ? new MessagingError('closed', 'the producer was closed before the broker acknowledged')
        : new MessagingError('withdrawn', 'the records were taken back');
    }
    if (types.some((type) => LOST_SEQUENCE.has(type))) await this.renew();
  }

  private async connected(): Promise<Producer> {
    if (this.producer) return this.producer;
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: BRIEF,
    });
    try {
      await producer.connect();
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
    this.producer = producer;
    return producer;
  }

  /** The next send gets a new producer id. */
  private async renew(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }
}

function grouped(records: readonly OutgoingRecord[]): TopicMessages[] {
  const byTopic = new Map<string, TopicMessages>();
  for (const { topic, key, value } of records) {
    const group = byTopic.get(topic) ?? { topic, messages: [] };
    group.messages.push({ key, value });
    byTopic.set(topic, group);
  }
  return [...byTopic.values()];
}

/** The protocol's error names in an error and its causes; kafkajs wraps the broker's answer. */
function typesOf(error: unknown): string[] {
  const types: string[] = [];
  for (let link = error, depth = 0; isNativeError(link) && depth < 8; link = link.cause, depth += 1) {
    if ('type' in link && typeof link.type === 'string') types.push(link.type);
  }
  return [...new Set(types)];
}

function pause(failures: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, fullJitter(failures, Math.random)));
}
