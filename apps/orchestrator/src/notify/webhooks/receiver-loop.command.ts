import type { Logger } from '#observability';
import type { Wake } from '../../api/wake.js';
import { deliveryPause, receiverPause } from './back-off.js';
import type { Deliveries, Delivery } from './deliveries.store.js';
import { failed, type Outcome } from './outcome.js';
import { post } from './post.client.js';
import { readKeys } from './secret.store.js';
import { signedHeaders } from './signature.js';
import type { WebhookSubscription } from './subscription.js';

/** Requests to one receiver at once, and so the events of one receiver that are in memory. */
const AT_ONCE = 4;
/** Beyond the longest attempt, so that no other sender takes a delivery that is on its way. */
const CLAIM_MARGIN_MS = 10_000;
/** Failures in a row after which the receiver, not a delivery, is at fault. */
const RECEIVER_FAILS = 3;
const DATABASE_PAUSE_MS = 1000;

/** Tells one receiver what it is subscribed to. Another receiver's loop never waits for this one. */
export class ReceiverLoop {
  private failures = 0;

  constructor(
    private readonly subscription: WebhookSubscription,
    private readonly deliveries: Deliveries,
    private readonly wake: Wake,
    private readonly logger: Logger,
    private readonly random: () => number,
  ) {}

  /** Until the wake is ended. A lost database is waited for; everything that is kept goes on when it is back. */
  async run(): Promise<void> {
    for (let begun = false; !this.wake.ended.aborted;) {
      try {
        if (!begun) await this.deliveries.begin();
        begun = true;
        await this.round();
      } catch (error) {
        this.logger.warn({ webhook: this.subscription.name, err: error }, 'webhook deliveries wait for the database');
        await this.pause(DATABASE_PAUSE_MS);
      }
    }
  }

  private async round(): Promise<void> {
    const mayBeMore = await this.deliveries.queueNews(new Date());
    const now = new Date();
    const until = new Date(now.getTime() + this.subscription.timeoutSeconds * 1000 + CLAIM_MARGIN_MS);
    const due = await this.deliveries.claim(this.isFailing ? 1 : AT_ONCE, now, until);
    const failuresBefore = this.failures;
    await Promise.all(due.map((delivery) => this.deliver(delivery)));
    if (this.failures > failuresBefore) await this.pause(receiverPause(this.failures, this.random));
    else if (due.length === 0 && !mayBeMore) await this.wake.next();
  }

  private get isFailing(): boolean {
    return this.failures >= RECEIVER_FAILS;
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const outcome = await this.attempt(delivery);
    const now = new Date();
    if (outcome.ok) return this.taken(delivery, now);
    if (this.wake.ended.aborted) return this.deliveries.giveBack(delivery.seq, now);
    this.failures += 1;
    const { name } = this.subscription;
    const { failure, retryAfterMs } = outcome;
    if (this.failures === 1) this.logger.warn({ webhook: name, failure }, 'a webhook was not taken');
    const again = new Date(now.getTime() + deliveryPause(delivery.attempts, retryAfterMs, this.random));
    const givenUp = await this.deliveries.refused(delivery.seq, failure, now, again);
    if (givenUp > 0) this.logger.error({ webhook: name, givenUp, failure }, 'webhook deliveries were given up');
  }

  private async taken({ seq }: Delivery, now: Date): Promise<void> {
    const recovered = this.isFailing;
    if (recovered) this.logger.info({ webhook: this.subscription.name }, 'webhooks are taken again');
    this.failures = 0;
    await this.deliveries.taken(seq, now, recovered);
  }

  private async attempt({ id, body }: Delivery): Promise<Outcome> {
    const secrets = await readKeys(this.subscription.secretFiles);
    if (!secrets.ok) return failed(secrets.failure);
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': 'Lazaret',
      ...signedHeaders(id, new Date(), body, secrets.keys),
    };
    return post(this.subscription, { headers, body, stopped: this.wake.ended });
  }

  private async pause(milliseconds: number): Promise<void> {
    const { ended } = this.wake;
    if (ended.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, milliseconds);
      function done(): void {
        clearTimeout(timer);
        ended.removeEventListener('abort', done);
        resolve();
      }
      ended.addEventListener('abort', done);
    });
  }
}
