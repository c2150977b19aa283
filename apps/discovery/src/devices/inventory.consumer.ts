import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type InventoryDeclared } from '#events';
import { EventContext } from '#messaging';
import { Discovery } from '../discovery.js';
import { saveAsset } from './devices.store.js';

/** Takes what people declared. The asset and its device's id are stored here; the device itself follows its register. */
@Controller()
export class InventoryConsumer {
  constructor(private readonly discovery: Discovery) {}

  @EventPattern<string>(TOPICS.inventory)
  async onDeclared(@Payload() event: InventoryDeclared, @Ctx() context: EventContext): Promise<void> {
    const { data } = event;
    if (!this.discovery.isOurs(data)) return;
    const at = new Date(event.time);
    const deviceId = await saveAsset(context.manager, data, at);
    context.afterCommit(() => this.discovery.declared(deviceId, data, at.getTime()));
  }
}
