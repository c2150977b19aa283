import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type ConversationsSeen } from '#events';
import { EventContext } from '#messaging';
import { addDayCounts } from './conversation.store.js';
import { dayCounts } from './daily-flow.js';

/** Sums who talks to whom by day, so that people see what an isolation would keep and cut. */
@Controller()
export class ConversationsConsumer {
  @EventPattern<string>(TOPICS.conversations, { delivery: 'once' })
  async onConversations(@Payload() event: ConversationsSeen, @Ctx() context: EventContext): Promise<void> {
    await addDayCounts(context.manager, event.data.deviceId, dayCounts(event.data.conversations));
  }
}
