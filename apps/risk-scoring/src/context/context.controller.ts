import { TOPICS, type ContractResolved, type QuarantineEvent, type SensorReported } from '#events';
import type { EventContext } from '#messaging';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { putContext } from './context.store.js';
import { contractRow, releaseRow, sensorRow } from './context.js';

/** Takes what others say into `contexts`; the replicas that weigh hear of it from there. */
@Controller()
export class ContextController {
  @EventPattern<string>(TOPICS.contracts)
  async onContract(@Payload() event: ContractResolved, @Ctx() { manager }: EventContext): Promise<void> {
    await putContext(manager, contractRow(event));
  }

  @EventPattern<string>(TOPICS.sensors)
  async onSensor(@Payload() event: SensorReported, @Ctx() { manager }: EventContext): Promise<void> {
    await putContext(manager, sensorRow(event));
  }

  @EventPattern<string>(TOPICS.quarantines)
  async onQuarantine(@Payload() event: QuarantineEvent, @Ctx() { manager }: EventContext): Promise<void> {
    if (event.type !== 'lazaret.quarantine.released') return;
    await putContext(manager, releaseRow(event.data.deviceId, Date.parse(event.time)));
  }
}
