import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import type { EventSignal } from '../../api/event-signal.client.js';
import type { Wake } from '../../api/wake.js';
import { Deliveries } from './deliveries.store.js';
import { ReceiverLoop } from './receiver-loop.command.js';
import type { WebhookSubscription } from './subscription.js';

/**
 * Tells receivers what happens to quarantines, at least once and in any order. What they have not taken is in the
 * database, not in memory: it outlives a restart, and a receiver that is down for days.
 */
export class WebhookSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private wakes: Wake[] = [];
  private running: Promise<void>[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly signal: EventSignal,
    private readonly subscriptions: readonly WebhookSubscription[],
    private readonly logger: Logger,
    private readonly random: () => number = Math.random,
  ) {}

  onApplicationBootstrap(): void {
    for (const subscription of this.subscriptions) {
      const wake = this.signal.listen();
      const deliveries = new Deliveries(this.dataSource, subscription);
      this.wakes.push(wake);
      this.running.push(new ReceiverLoop(subscription, deliveries, wake, this.logger, this.random).run());
    }
  }

  /** What is on its way is broken off and due again at once. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const wake of this.wakes) wake.end();
    await Promise.all(this.running);
  }
}
