import { TOPICS, type SeenIsolation, type SeenPlan } from '#events';
import { topicSchemas } from '#events';
import { Kafka, logLevel, type Consumer } from 'kafkajs';

type Seen = SeenPlan | SeenIsolation;

/** An observer of its own of `lazaret.seen.v1`: hears what was published, through the broker. */
export class Ear {
  private readonly heard: Seen[] = [];
  private readonly consumer: Consumer;

  constructor(brokers: string[]) {
    const kafka = new Kafka({ brokers, clientId: 'ear', logLevel: logLevel.NOTHING });
    this.consumer = kafka.consumer({ groupId: `ear-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 20 });
  }

  async open(): Promise<this> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [TOPICS.seen], fromBeginning: true });
    await this.consumer.run({
      eachMessage: ({ message }) => {
        const text = message.value?.toString() ?? '';
        this.heard.push(topicSchemas[TOPICS.seen].parse(JSON.parse(text)));
        return Promise.resolve();
      },
    });
    return this;
  }

  close(): Promise<void> {
    return this.consumer.disconnect();
  }

  /** The first isolation of the device that fits, now or within 20 s. */
  isolation(deviceId: string, fits: (data: SeenIsolation['data']) => boolean): Promise<SeenIsolation['data']> {
    return this.first((one) => {
      return one.type === 'lazaret.seen.isolation' && one.subject === deviceId && fits(one.data) ? one.data : undefined;
    });
  }

  plan(deviceId: string, fits: (data: SeenPlan['data']) => boolean): Promise<SeenPlan['data']> {
    return this.first((one) => {
      return one.type === 'lazaret.seen.plan' && one.subject === deviceId && fits(one.data) ? one.data : undefined;
    });
  }

  private async first<T>(find: (one: Seen) => T | undefined): Promise<T> {
    for (const until = Date.now() + 20_000; Date.now() < until;) {
      for (const one of this.heard) {
        const found = find(one);
        if (found !== undefined) return found;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const told = this.heard.slice(-5).map((one) => JSON.stringify(one.data));
    throw new Error(`not heard within 20 s; last: ${told.join('\n')}`);
  }
}
