import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type DeviceChanged } from '#events';
import { EventContext } from '#messaging';
import { dependents, lockContracts, resolveAgain } from '../contract/contract.store.js';
import { resolvesAlike } from '../contract/resolve.js';
import { Decider } from '../quarantine/decider.command.js';
import { keepDevice, quarantined, readDevice } from './device.store.js';
import { Teller } from './teller.js';

/** Keeps devices, resolves the contracts that depend on them, and looks again at quarantines that this touches. */
@Controller()
export class DevicesConsumer {
  constructor(
    private readonly decider: Decider,
    private readonly teller: Teller,
  ) {}

  @EventPattern<string>(TOPICS.devices)
  async onDevice(@Payload() event: DeviceChanged, @Ctx() context: EventContext): Promise<void> {
    const { manager } = context;
    const device = event.data;
    await lockContracts(manager);
    const before = await readDevice(manager, device.deviceId);
    if (!(await keepDevice(manager, device))) return;
    const now = new Date();
    const touched = new Set([device.deviceId]);
    if (!before || !resolvesAlike(before, device)) {
      for (const deviceId of await dependents(manager, before, device)) {
        if (await resolveAgain(manager, deviceId, now)) touched.add(deviceId);
      }
    }
    for (const deviceId of await quarantined(manager, [...touched])) {
      this.teller.afterCommit(context, deviceId, await this.decider.reconsider(manager, deviceId, now));
    }
  }
}
