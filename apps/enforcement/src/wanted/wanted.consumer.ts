import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type WantedIsolation, type WantedPreview } from '#events';
import { EventContext } from '#messaging';
import { WakeUps } from '../wake-ups.js';
import { keepWanted } from './wanted.store.js';

/** Keeps what is wanted, and wakes the loop once it is committed. */
@Controller()
export class WantedConsumer {
  constructor(private readonly wakeUps: WakeUps) {}

  @EventPattern<string>(TOPICS.wanted)
  async onWanted(@Payload() event: WantedIsolation | WantedPreview, @Ctx() context: EventContext): Promise<void> {
    const { data } = event;
    const isNews = await keepWanted(context.manager, data, context.receivedAt);
    if (isNews) context.afterCommit(() => this.wakeUps.wake(data.deviceId));
  }
}
