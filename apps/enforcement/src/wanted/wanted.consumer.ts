import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type WantedDrill, type WantedIsolation, type WantedPreview } from '#events';
import { EventContext } from '#messaging';
import { Drills } from '../drill/drills.command.js';
import { keepRequest } from '../drill/drills.store.js';
import { WakeUps } from '../wake-ups.js';
import { keepWanted } from './wanted.store.js';

/** Keeps what is wanted, and wakes the loop, or the drills, once it is committed. */
@Controller()
export class WantedConsumer {
  constructor(
    private readonly wakeUps: WakeUps,
    private readonly drills: Drills,
  ) {}

  @EventPattern<string>(TOPICS.wanted)
  async onWanted(
    @Payload() event: WantedIsolation | WantedPreview | WantedDrill,
    @Ctx() context: EventContext,
  ): Promise<void> {
    if (event.type === 'lazaret.wanted.drill') {
      const isNew = await keepRequest(context.manager, event.data, context.receivedAt);
      if (isNew) context.afterCommit(() => this.drills.wake());
      return;
    }
    const { data } = event;
    const isNews = await keepWanted(context.manager, data, context.receivedAt);
    if (isNews) context.afterCommit(() => this.wakeUps.wake(data.deviceId));
  }
}
