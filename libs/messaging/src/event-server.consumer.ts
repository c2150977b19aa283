import { Counters, type Logger } from '#observability';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { DataSource } from 'typeorm';
import { DEFAULT_TUNING, type ConsumerTuning, type PartitionConsumerOptions } from './consumer-options.js';
import { exitProcess, type OnFatal } from './fatal.js';
import { deliveryOf, type Handler, type HandlerCallback } from './handlers.js';
import { pruneInbox } from './inbox.store.js';
import { keepHandlerErrors } from './keep-handler-errors.js';
import { PartitionConsumer } from './partition.consumer.js';
import { StepStore, type TopicPlan } from './step.store.js';
import { readerOf, type TopicSchemas } from './topic-readers.js';

export interface KafkaEventServerOptions {
  /** The service's name: also its Kafka group and its name in the progress table. */
  service: string;
  brokers: string[];
  dataSource: DataSource;
  logger: Logger;
  counters?: Counters;
  /** What to do when the consumer can't go on; ends the process with code 70 unless said. */
  onFatal?: OnFatal;
  /** Schemas of further topics, beside those of `#events`. */
  topicSchemas?: TopicSchemas;
  tuning?: Partial<ConsumerTuning>;
  now?: () => Date;
}

const TRIES = 3;
const INBOX_DAYS = 30;
const PRUNE_MS = 3_600_000;
const CAUGHT_UP_POLL_MS = 50;

/**
 * Nest's transport for our events: `app.connectMicroservice({ strategy: new KafkaEventServer(…) })`. Handlers are
 * `@EventPattern<string>(TOPICS.x)` methods with `@Payload() event` and `@Ctx() context: EventContext`. Records are read
 * in batches, and each chunk is one transaction of progress, inbox, the handlers' own writes and outbox.
 *
 * A handler that throws: `retry: 'transient'` and faults of database or broker → the same records again after a
 * back-off, for ever; TypeError and its like, ZodError, `retry: 'permanent'` → dead letter at once; else three tries.
 */
export class KafkaEventServer extends Server implements CustomTransportStrategy {
  /** Nest must not report errors of handlers: they are ours to sort. */
  override readonly propagatesEventHandlerErrors = true;
  readonly counters: Counters;
  private readonly plans = new Map<string, { reader: TopicPlan['reader']; handlers: Handler[] }>();
  private consumer: PartitionConsumer | undefined;
  private pruning: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly options: KafkaEventServerOptions) {
    super();
    keepHandlerErrors();
    this.counters = options.counters ?? new Counters();
  }

  /** Nest registers a method. Several on one topic are called in the order of registration. */
  override addHandler(
    pattern: unknown,
    callback: HandlerCallback,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    if (typeof pattern !== 'string' || !isEventHandler)
      throw new Error('handlers are @EventPattern methods on one topic');
    const plan = this.plans.get(pattern) ?? { reader: readerOf(pattern, this.options.topicSchemas), handlers: [] };
    plan.handlers.push({ delivery: deliveryOf(extras), call: callback });
    this.plans.set(pattern, plan);
    super.addHandler(pattern, callback, false, extras); // so that Nest's own listing is complete
  }

  listen(callback: (error?: unknown) => void): void {
    this.open().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.pruning);
    await this.consumer?.stop();
  }

  /**
   * Resolves when everything up to the log ends that were seen at start has been handled, by this process or by another
   * of its group. Rejects when the server is closed before.
   */
  async caughtUp(): Promise<void> {
    for (;;) {
      if (this.isClosed) throw new Error('the event server was closed');
      if (this.plans.size === 0 || (await this.isCaughtUp())) return;
      await new Promise((resolve) => setTimeout(resolve, CAUGHT_UP_POLL_MS));
    }
  }

  on(): void {
    throw new Error('the event server has no events of its own');
  }

  unwrap<T>(): T {
    throw new Error('kafkajs stays behind the event server');
  }

  private async isCaughtUp(): Promise<boolean> {
    try {
      return (await this.consumer?.hasCaughtUp()) ?? false;
    } catch {
      return false; // no database: not known, so ask again
    }
  }

  private async open(): Promise<void> {
    if (this.plans.size === 0) return;
    const consumer = new PartitionConsumer(this.consumerOptions());
    await consumer.start();
    this.consumer = consumer;
    this.pruning = setInterval(() => void this.prune(), PRUNE_MS);
    this.pruning.unref();
  }

  private consumerOptions(): PartitionConsumerOptions {
    const { brokers, dataSource, logger, now = () => new Date(), onFatal, service, tuning } = this.options;
    const steps = new StepStore({ dataSource, counters: this.counters, logger, tries: TRIES, now });
    return {
      group: service,
      topics: [...this.plans.keys()],
      brokers,
      dataSource,
      logger,
      counters: this.counters,
      onFatal: onFatal ?? exitProcess(logger),
      tuning: { ...DEFAULT_TUNING, ...tuning },
      work: { handle: (claim, records) => steps.handle(claim, records, this.planOf(claim.topic)) },
    };
  }

  private planOf(topic: string): TopicPlan {
    const plan = this.plans.get(topic);
    if (!plan) throw new Error(`no handler is registered for ${topic}`);
    return plan;
  }

  private async prune(): Promise<void> {
    try {
      await pruneInbox(this.options.dataSource, this.options.service, INBOX_DAYS);
    } catch {
      this.counters.add('inbox.prune-failed'); // the next hour will do
    }
  }
}
