import { inTransaction } from '#storage';
import type { Counters, Logger } from '#observability';
import type { DataSource, EntityManager } from 'typeorm';
import type { Claim } from './claim.js';
import { deadLetterOf, type Rejection } from './dead-letter.js';
import { decode, type Decoded, type RawRecord, type TopicReader } from './decode.js';
import { EventContext, type AfterCommit } from './event-context.js';
import { classify, FAILURE, inWords } from './failure.js';
import { callHandler, DELIVERY, type Handler } from './handlers.js';
import { isFirstSight } from './inbox.store.js';
import { publishInTransaction } from './outbox.store.js';
import { moveProgress } from './progress.store.js';

export interface StepSettings {
  dataSource: DataSource;
  counters: Counters;
  logger: Logger;
  /** Tries of a message whose failure is of unknown kind. */
  tries: number;
  now: () => Date;
}

/** What a topic's records are read and handled by. */
export interface TopicPlan {
  reader: TopicReader;
  handlers: readonly Handler[];
}

/** A record as it will be handled; `rejected`: it goes to the dead letter without its handler being asked. */
interface Item {
  record: RawRecord;
  decoded: Decoded;
  rejected?: Rejection;
}

/** A handler's own fault, with the item that it happened at: others of the chunk are not to blame. */
class HandlerFault extends Error {
  constructor(
    readonly item: Item,
    readonly fault: unknown,
  ) {
    super('a handler failed');
  }
}

/**
 * Handles chunks of records, each with all its effects and the partition's progress in one transaction. If a handler
 * fails for a reason of its own, the chunk is rolled back and done again record by record, each in a transaction of
 * its own, and only what fails again goes to the dead letter.
 */
export class StepStore {
  private readonly unknownTypes = new Set<string>();

  constructor(private readonly settings: StepSettings) {}

  /** Moves the claim beyond the records. Throws what says nothing about them: transient faults, `fenced`. */
  async handle(claim: Claim, records: readonly RawRecord[], plan: TopicPlan): Promise<void> {
    const items = records.map((record) => ({ record, decoded: decode(record, plan.reader) }));
    try {
      await this.commit(claim, items, plan);
    } catch (error) {
      if (isForTheWholeStep(error)) throw faultOf(error);
      await this.oneByOne(claim, items, plan, error);
    }
  }

  private async oneByOne(claim: Claim, items: readonly Item[], plan: TopicPlan, first: unknown): Promise<void> {
    for (const item of items) {
      const known = first instanceof HandlerFault && first.item === item ? first.fault : undefined;
      await this.single(claim, item, plan, known);
    }
  }

  /** `known`: how it failed in the chunk, which counts as its first try. */
  private async single(claim: Claim, item: Item, plan: TopicPlan, known: unknown): Promise<void> {
    let fault = known;
    let attempts = known === undefined ? 0 : 1;
    while (attempts === 0 || (attempts < this.settings.tries && classify(fault) === FAILURE.unknown)) {
      try {
        return await this.commit(claim, [item], plan);
      } catch (error) {
        if (isForTheWholeStep(error)) throw faultOf(error);
        fault = faultOf(error);
        attempts += 1;
      }
    }
    const rejected = { code: 'handler-failed', reason: inWords(fault), attempts };
    await this.commit(claim, [{ ...item, rejected }], plan);
  }

  private async commit(claim: Claim, items: readonly Item[], plan: TopicPlan): Promise<void> {
    const next = (items.at(-1)?.record.offset ?? claim.next - 1n) + 1n;
    const after: AfterCommit[] = [];
    await inTransaction(this.settings.dataSource, async (manager) => {
      await moveProgress(manager, claim, next);
      for (const item of items) after.push(...(await this.apply(manager, claim, item, plan)));
    });
    claim.next = next;
    for (const item of items) this.count(claim, item);
    for (const run of after) await this.runAfter(run);
  }

  private async apply(manager: EntityManager, claim: Claim, item: Item, plan: TopicPlan): Promise<AfterCommit[]> {
    const { record, decoded } = item;
    const rejected = item.rejected ?? (decoded.kind === 'bad' ? { ...decoded, attempts: 1 } : undefined);
    if (rejected) {
      await publishInTransaction(manager, deadLetterOf(record, claim, rejected, this.settings.now()));
      return [];
    }
    if (decoded.kind !== 'event') return [];
    const after: AfterCommit[] = [];
    const context = this.contextOf(manager, claim, record, after);
    const handlers = await this.wanting(manager, claim, decoded.event.id, plan.handlers);
    try {
      for (const handler of handlers) await callHandler(handler, decoded.event, context);
    } catch (error) {
      throw new HandlerFault(item, error);
    }
    return after;
  }

  /** Those declared `once` only if the event is new to this consumer. */
  private async wanting(
    manager: EntityManager,
    claim: Claim,
    eventId: string,
    handlers: readonly Handler[],
  ): Promise<readonly Handler[]> {
    if (!handlers.some(({ delivery }) => delivery === DELIVERY.once)) return handlers;
    if (await isFirstSight(manager, claim.consumer, eventId)) return handlers;
    this.settings.counters.add('event.skipped:seen-before');
    return handlers.filter(({ delivery }) => delivery !== DELIVERY.once);
  }

  private contextOf(manager: EntityManager, claim: Claim, record: RawRecord, after: AfterCommit[]): EventContext {
    const { topic, partition } = claim;
    const place = {
      topic,
      partition,
      offset: record.offset.toString(),
      key: record.key,
      receivedAt: this.settings.now(),
    };
    return new EventContext(place, manager, {
      publish: (event) => publishInTransaction(manager, event),
      afterCommit: (run) => after.push(run),
    });
  }

  private count(claim: Claim, item: Item): void {
    const { counters } = this.settings;
    const { decoded } = item;
    if (item.rejected || decoded.kind === 'bad') this.reportRejected(claim, item);
    else if (decoded.kind === 'event') counters.add(`event.handled:${claim.topic}`);
    else this.reportSkipped(claim, decoded.reason, decoded.type);
  }

  private reportRejected({ topic, partition, consumer }: Claim, { record, decoded, rejected }: Item): void {
    const code = rejected?.code ?? (decoded.kind === 'bad' ? decoded.code : 'unknown');
    const reason = rejected?.reason ?? (decoded.kind === 'bad' ? decoded.reason : '');
    this.settings.counters.add(`event.dead-lettered:${code}`);
    const place = { topic, partition, consumer, offset: record.offset.toString() };
    this.settings.logger.error({ ...place, code, reason }, 'event went to the dead letter');
  }

  private reportSkipped({ topic }: Claim, reason: string, type: string | null): void {
    this.settings.counters.add(`event.skipped:${reason}`);
    if (type === null || this.unknownTypes.has(type) || this.unknownTypes.size > 1000) return;
    this.unknownTypes.add(type);
    this.settings.logger.warn({ topic, type, reason }, 'event type is unknown here and is skipped');
  }

  /** A hint that fails costs nothing but its effect, so the step stands. */
  private async runAfter(run: AfterCommit): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.settings.counters.add('after-commit.failed');
      this.settings.logger.error({ reason: inWords(error) }, 'work after the commit failed');
    }
  }
}

function isForTheWholeStep(error: unknown): boolean {
  const kind = classify(faultOf(error));
  return kind === FAILURE.transient || kind === FAILURE.fenced;
}

function faultOf(error: unknown): unknown {
  return error instanceof HandlerFault ? error.fault : error;
}
