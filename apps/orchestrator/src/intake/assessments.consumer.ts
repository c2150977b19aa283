import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type AssessmentChanged } from '#events';
import { EventContext } from '#messaging';
import { levelOf } from '../policy/evaluate.js';
import { atLeast } from '../policy/policy.js';
import { Decider } from '../quarantine/decider.command.js';
import { keepAssessment } from './assessment.store.js';
import { quarantined } from './device.store.js';
import { Teller } from './teller.js';

/** Keeps assessments, and decides: the way from here to `apply` is the product's hottest. */
@Controller()
export class AssessmentsConsumer {
  constructor(
    private readonly decider: Decider,
    private readonly teller: Teller,
  ) {}

  @EventPattern<string>(TOPICS.assessments)
  async onAssessment(@Payload() event: AssessmentChanged, @Ctx() context: EventContext): Promise<void> {
    const { manager } = context;
    const { deviceId } = event.data;
    const now = new Date();
    const grave = atLeast(levelOf(this.decider.inForce.policy, event.data), 'propose');
    if (!(await keepAssessment(manager, event.data, !grave, now))) return;
    if (!grave && (await quarantined(manager, [deviceId])).length === 0) return;
    this.teller.afterCommit(context, deviceId, await this.decider.reconsider(manager, deviceId, now));
  }
}
