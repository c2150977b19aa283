import type { AssessmentChanged } from '#events';
import type { EventProducer } from '#messaging';
import type { Counters, Logger } from '#observability';

const RETRY_MS = 500;

/**
 * Tells assessments, the newest of each device, one batch at a time. Nobody waits for the broker but a snapshot, and
 * what waits for the broker is one event a device, however long it is away.
 */
export class AssessmentsPublisher {
  private waiting = new Map<string, AssessmentChanged>();
  private round: Promise<void> = Promise.resolve();
  private isScheduled = false;
  private isClosed = false;

  constructor(
    private readonly producer: EventProducer,
    private readonly logger: Logger,
    private readonly counters: Counters,
    private readonly onTold: (events: readonly AssessmentChanged[]) => void,
  ) {}

  publish(events: readonly AssessmentChanged[]): void {
    if (events.length === 0) return;
    for (const event of events) this.waiting.set(event.data.deviceId, event);
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.round = this.round.catch(() => undefined).then(() => this.send());
    this.round.catch(() => undefined);
  }

  /** Resolves when everything that was published up to now is acknowledged. Rejects when it was closed before. */
  settled(): Promise<void> {
    return this.round;
  }

  close(): void {
    this.isClosed = true;
  }

  private async send(): Promise<void> {
    this.isScheduled = false;
    const events = [...this.waiting.values()];
    this.waiting = new Map();
    for (;;) {
      if (this.isClosed) throw new Error('assessments were not told: closed');
      try {
        await this.producer.publish(events);
        break;
      } catch (error) {
        this.counters.add('assessment.not-told');
        this.logger.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'assessments were not told');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.counters.add('assessment.told', events.length);
    this.onTold(events);
  }
}
