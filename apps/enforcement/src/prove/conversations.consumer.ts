import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type ConversationsSeen, type SensorReported } from '#events';
import { EventContext } from '#messaging';
import { isSame } from '../plan/canonical.js';
import { WakeUps } from '../wake-ups.js';
import { judge } from './judge.js';
import { observersOf, type Observer } from './observers.js';
import { fold } from './proof.js';
import { keepFacts, keepObserver, openProofs, readObservers, type OpenProof } from './proofs.store.js';

/** Adds what observers see to the proofs that are being earned, and wakes the loop where that changes what is proven. */
@Controller()
export class ConversationsConsumer {
  constructor(private readonly wakeUps: WakeUps) {}

  @EventPattern<string>(TOPICS.conversations)
  async onConversations(@Payload() event: ConversationsSeen, @Ctx() context: EventContext): Promise<void> {
    const { manager } = context;
    const { data } = event;
    const open = await openProofs(manager, data.deviceId);
    if (open.length === 0) return;
    const observers = await readObservers(manager);
    for (const proof of open) {
      const facts = fold(proof.facts, recordsOf(data, proof, observers), proof.permits);
      await keepFacts(manager, data.deviceId, proof.mac, facts);
      const covering = coveringOf(proof, observers);
      if (isSame(judge(proof.facts, covering), judge(facts, covering))) continue;
      context.afterCommit(() => this.wakeUps.wake(data.deviceId));
    }
  }

  @EventPattern<string>(TOPICS.sensors)
  async onSensor(@Payload() event: SensorReported, @Ctx() context: EventContext): Promise<void> {
    await keepObserver(context.manager, event.data, context.receivedAt);
  }
}

function recordsOf(data: ConversationsSeen['data'], { mac }: OpenProof, observers: readonly Observer[]) {
  const { sensorId } = data;
  return {
    sensorId,
    clockOffsetMs: observers.find((one) => one.sensorId === sensorId)?.clockOffsetMs ?? 0,
    observedUntil: new Date(data.observedUntil),
    conversations: data.conversations.filter((one) => one.mac === mac),
  };
}

function coveringOf({ isolation }: OpenProof, observers: readonly Observer[]): Observer[] {
  return isolation ? observersOf(observers, isolation) : [];
}
