import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type SeenIsolation, type SeenPlan } from '#events';
import { EventContext } from '#messaging';
import { Decider } from '../quarantine/decider.command.js';
import { Teller } from './teller.js';

/** What enforcement answers: plans of previews, and how true the wanted isolations are. */
@Controller()
export class SeenConsumer {
  constructor(
    private readonly decider: Decider,
    private readonly teller: Teller,
  ) {}

  @EventPattern<string>(TOPICS.seen)
  async onSeen(@Payload() event: SeenPlan | SeenIsolation, @Ctx() context: EventContext): Promise<void> {
    const { manager } = context;
    const now = new Date();
    const outcome =
      event.type === 'lazaret.seen.plan'
        ? await this.decider.takePlan(manager, event.data, now)
        : await this.decider.takeSeen(manager, event.data, now);
    this.teller.afterCommit(context, event.data.deviceId, outcome);
  }
}
