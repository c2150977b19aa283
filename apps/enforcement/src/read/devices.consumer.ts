import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type DeviceChanged } from '#events';
import { EventContext } from '#messaging';
import { Lanes } from '../lanes.js';
import { WakeUps } from '../wake-ups.js';
import { keepLocation } from './location.store.js';

/** Keeps where devices are plugged in, and wakes the loop for one that has moved. */
@Controller()
export class DevicesConsumer {
  constructor(
    private readonly wakeUps: WakeUps,
    private readonly lanes: Lanes,
  ) {}

  @EventPattern<string>(TOPICS.devices)
  async onDevice(@Payload() event: DeviceChanged, @Ctx() context: EventContext): Promise<void> {
    const isNews = await keepLocation(context.manager, event.data, context.receivedAt);
    if (!isNews) return;
    const { deviceId, interfaces } = event.data;
    context.afterCommit(() => {
      const switches = interfaces.flatMap(({ pointId }) => pointId ?? []);
      this.lanes.place(deviceId, { macs: interfaces.map(({ mac }) => mac), switches });
      this.wakeUps.wake(deviceId);
    });
  }
}
