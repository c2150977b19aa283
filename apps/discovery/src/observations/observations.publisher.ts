import { makeEvent, type LazaretEvent, type Observation } from '#events';
import type { EventProducer } from '#messaging';
import type { Counters, Logger } from '#observability';
import type { DueConversations } from '../conversations/conversation-log.js';
import type { Place } from '../devices/device-event.js';

/** Observations of one device that come within so long travel together. */
const LINGER_MS = 2;
const MAX_IN_EVENT = 500;
/** Sendings, of one or many events each. */
const MAX_UNACKNOWLEDGED = 64;

export interface ObservationsPublisherOptions {
  producer: EventProducer;
  place: Place;
  counters: Counters;
  logger: Logger;
}

/**
 * Sends observations, conversations and sensor reports as they come, without the outbox: they are many, and their
 * sources forget. What waits for the broker is bounded by the producer's queue; what finds no room is lost and counted.
 */
export class ObservationsPublisher {
  private waiting = new Map<string, Observation[]>();
  private timer: NodeJS.Timeout | undefined;
  private unacknowledged = 0;

  constructor(private readonly options: ObservationsPublisherOptions) {}

  /** True while the broker has not acknowledged everything. */
  get isBehind(): boolean {
    return this.unacknowledged > 0 || this.waiting.size > 0;
  }

  /** True while so much is not acknowledged that a source that can wait should. */
  get isFull(): boolean {
    return this.unacknowledged > MAX_UNACKNOWLEDGED;
  }

  observe(deviceId: string, observation: Observation): void {
    this.options.counters.add(`observation.made:${observation.kind}`);
    const batch = this.waiting.get(deviceId);
    if (batch) batch.push(observation);
    else this.waiting.set(deviceId, [observation]);
    this.timer ??= setTimeout(() => this.flush(), LINGER_MS);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batches = [...this.waiting];
    this.waiting = new Map();
    const time = new Date();
    this.send(
      batches.flatMap(([deviceId, all]) =>
        inParts(all).map((observations) => {
          const data = { deviceId, ...this.options.place, observations };
          return makeEvent({
            type: 'lazaret.observations.reported',
            source: '/discovery',
            subject: deviceId,
            time,
            data,
          });
        }),
      ),
    );
  }

  conversations(due: readonly DueConversations[], observedUntil: (sensorId: string) => number): void {
    const time = new Date();
    this.send(
      due.flatMap(({ deviceId, sensorId, conversations: all }) =>
        inParts(all).map((conversations) => {
          const data = {
            deviceId,
            sensorId,
            observedUntil: new Date(observedUntil(sensorId)).toISOString(),
            conversations,
          };
          return makeEvent({ type: 'lazaret.conversations.seen', source: '/discovery', subject: deviceId, time, data });
        }),
      ),
    );
  }

  send(events: readonly LazaretEvent[]): void {
    if (events.length === 0) return;
    this.unacknowledged += 1;
    this.options.producer
      .publish(events)
      .catch((err: unknown) => {
        this.options.counters.add('event.lost', events.length);
        this.options.logger.warn({ err, events: events.length }, 'events lost');
      })
      .finally(() => (this.unacknowledged -= 1));
  }
}

function inParts<T>(all: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < all.length; from += MAX_IN_EVENT) parts.push(all.slice(from, from + MAX_IN_EVENT));
  return parts;
}
