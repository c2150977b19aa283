import type { EventContext } from '#messaging';
import type { Logger } from '#observability';
import type { Notifier } from '../notify/notice.js';
import type { Outcome } from '../quarantine/decider.command.js';

/** Tells people what a step has decided, once it is committed; and the log why the policy did not act. */
export class Teller {
  constructor(
    private readonly notifier: Notifier,
    private readonly logger: Logger,
  ) {}

  afterCommit(context: Pick<EventContext, 'afterCommit'>, deviceId: string, outcome: Outcome): void {
    if (outcome.notices.length + outcome.findings.length > 0) context.afterCommit(() => this.tell(deviceId, outcome));
  }

  tell(deviceId: string, { notices, findings }: Outcome): void {
    if (findings.length > 0) {
      this.logger.debug({ deviceId, findings: findings.map(({ reason }) => reason) }, 'the policy does not act alone');
    }
    for (const notice of notices) this.notifier.tell(notice);
  }
}
