import type { LazaretEvent } from '#events';
import type { EntityManager } from 'typeorm';

export type AfterCommit = () => void | Promise<void>;

/** Where a message was read. */
export interface MessagePlace {
  topic: string;
  partition: number;
  /** Kafka's offset, as a string: it may exceed a safe integer. */
  offset: string;
  /** The Kafka key; null if the record had none. */
  key: string | null;
  /** When this service took the message from the broker; not when it happened (`event.time`). */
  receivedAt: Date;
}

export interface StepEffects {
  publish(event: LazaretEvent): Promise<void>;
  afterCommit(run: AfterCommit): void;
}

/**
 * What a handler gets beside the event (`@Ctx() context: EventContext`). Everything it writes goes through `manager`:
 * then it is committed with the progress of the partition or not at all. Don't keep it beyond the handler.
 */
export class EventContext implements MessagePlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly receivedAt: Date;

  constructor(
    place: MessagePlace,
    /** The step's transaction. */
    readonly manager: EntityManager,
    private readonly effects: StepEffects,
  ) {
    this.topic = place.topic;
    this.partition = place.partition;
    this.offset = place.offset;
    this.key = place.key;
    this.receivedAt = place.receivedAt;
  }

  /** Puts an event into the outbox of this transaction; the relay sends it after the commit. */
  publish(event: LazaretEvent): Promise<void> {
    return this.effects.publish(event);
  }

  /**
   * Runs after the commit and only then. A crash in between loses it, so it may only hint (wake a worker, refresh a
   * cache), never be the sole carrier of an effect.
   */
  afterCommit(run: AfterCommit): void {
    this.effects.afterCommit(run);
  }
}
