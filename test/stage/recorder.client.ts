import { appendFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Consumer } from 'kafkajs';
import { TOPICS, topicSchemas, type LazaretEvent, type Topic } from '#events';

/** An event as a second client read it, with the time at which it arrived there (milliseconds since 1970). */
export interface Recorded<E extends LazaretEvent = LazaretEvent> {
  topic: Topic;
  key: string;
  receivedAt: number;
  event: E;
}

const GROUP = 'stage-recorder';

/**
 * Reads every topic as automation would: with a Kafka client of its own. What the product says of itself is taken from
 * here and not from its tables.
 */
export class Recorder {
  readonly records: Recorded[] = [];
  /** Messages that do not match their topic's schema: there must be none. */
  readonly invalid: string[] = [];
  private waiting: (() => void)[] = [];

  private written: Promise<void>;

  private constructor(
    private readonly consumer: Consumer,
    private readonly file: string,
  ) {
    this.written = writeFile(file, '');
  }

  /** @param file where every event is written too, a line each, for a look after a failed run */
  static async open(brokers: string, file: string): Promise<Recorder> {
    const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 600 };
    const kafka = new Kafka({ clientId: GROUP, brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry });
    const consumer = kafka.consumer({
      groupId: `${GROUP}-${Date.now()}`,
      maxWaitTimeInMs: 50,
      sessionTimeout: 10_000,
      retry,
    });
    const recorder = new Recorder(consumer, file);
    await consumer.connect();
    await consumer.subscribe({ topics: Object.values(TOPICS), fromBeginning: true });
    await consumer.run({
      eachMessage: ({ topic, message }) => {
        recorder.take(topic as Topic, String(message.key), message.value);
        return Promise.resolve();
      },
    });
    return recorder;
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
    await this.written;
  }

  of<T extends LazaretEvent['type']>(type: T, key?: string): Recorded<Extract<LazaretEvent, { type: T }>>[] {
    const found = this.records.filter((r) => r.event.type === type && (key === undefined || r.event.subject === key));
    return found as Recorded<Extract<LazaretEvent, { type: T }>>[];
  }

  /** The first recorded event that matches, also one that came before the call. */
  async until<T extends LazaretEvent['type']>(
    type: T,
    matches: (event: Extract<LazaretEvent, { type: T }>, receivedAt: number) => boolean,
    timeoutMs: number,
    what = type as string,
  ): Promise<Recorded<Extract<LazaretEvent, { type: T }>>> {
    const found = await this.untilAny(
      (one) => one.event.type === type && matches(one.event as Extract<LazaretEvent, { type: T }>, one.receivedAt),
      timeoutMs,
      what,
    );
    return found as Recorded<Extract<LazaretEvent, { type: T }>>;
  }

  /** As `until`, for events of more than one type. */
  async untilAny(matches: (recorded: Recorded) => boolean, timeoutMs: number, what: string): Promise<Recorded> {
    for (const end = Date.now() + timeoutMs; ;) {
      const found = this.records.find(matches);
      if (found) return found;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`nothing said "${what}" within ${timeoutMs} ms; last: ${this.tail()}`);
      await Promise.race([new Promise<void>((resolve) => this.waiting.push(resolve)), sleep(Math.min(left, 500))]);
    }
  }

  /** The last events in short, for messages of failed waits. */
  tail(count = 6): string {
    const short = this.records
      .filter(
        ({ topic }) => topic !== TOPICS.sensors && topic !== TOPICS.conversations && topic !== TOPICS.observations,
      )
      .slice(-count)
      .map(({ event }) => `${event.type} ${event.subject}`);
    return short.join(', ') || 'nothing';
  }

  private take(topic: Topic, key: string, value: Buffer | null): void {
    if (!value) return;
    const parsed = topicSchemas[topic].safeParse(JSON.parse(value.toString()));
    if (parsed.success) this.records.push({ topic, key, receivedAt: Date.now(), event: parsed.data });
    else this.invalid.push(`${topic} ${key}: ${parsed.error.message.slice(0, 300)}`);
    const line = `${Date.now()} ${topic} ${key} ${value.toString()}\n`;
    this.written = this.written.then(() => appendFile(this.file, line));
    for (const wake of this.waiting.splice(0)) wake();
  }
}
