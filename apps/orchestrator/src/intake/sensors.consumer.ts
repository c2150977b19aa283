import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type SensorReported } from '#events';
import { EventContext } from '#messaging';
import { keepSensor } from './sensor.store.js';

/** Keeps each sensor's last report, for people who ask whether anybody still watches. */
@Controller()
export class SensorsConsumer {
  @EventPattern<string>(TOPICS.sensors)
  async onSensor(@Payload() event: SensorReported, @Ctx() context: EventContext): Promise<void> {
    await keepSensor(context.manager, event.data, context.receivedAt);
  }
}
