import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type PointReported } from '#events';
import { EventContext } from '#messaging';
import { followDrill } from '../drills/drill.store.js';
import { keepPoint } from './point.store.js';

/** Keeps what enforcement says of its points, and how drills that people asked for have gone. */
@Controller()
export class PointsConsumer {
  @EventPattern<string>(TOPICS.points)
  async onPoint(@Payload() event: PointReported, @Ctx() context: EventContext): Promise<void> {
    const { manager, receivedAt } = context;
    if (!(await keepPoint(manager, event.data, receivedAt))) return;
    await followDrill(manager, event.data, new Date());
  }
}
