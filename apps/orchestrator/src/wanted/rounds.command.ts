import type { DataSource, EntityManager } from 'typeorm';
import type { Logger } from '#observability';
import { inTransaction, isTransient } from '#storage';
import { lockWriter } from '../audit/audit.store.js';
import { pruneDays } from '../intake/conversation.store.js';
import type { Teller } from '../intake/teller.js';
import type { Decider } from '../quarantine/decider.command.js';
import { republishLagging } from './wanted.store.js';

/** How often open quarantines are looked at for what only time brings: lapse, review, the end of a probation. */
const LOOK_MS = 5_000;
/** How often what is wanted is compared with what was seen; what lags for as long is published again. */
const COMPARE_MS = 30_000;
const PRUNE_MS = 3_600_000;
const KEPT_MS = 30 * 86_400_000;

/**
 * The orchestrator's timers. None changes a network: they let a proposal lapse, note that a review is due, close what
 * is over, and say again what is wanted.
 */
export class Rounds {
  private readonly timers: NodeJS.Timeout[] = [];
  private running = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly decider: Decider,
    private readonly teller: Teller,
    private readonly logger: Logger,
  ) {}

  start(): void {
    const every = (milliseconds: number, work: () => Promise<void>) =>
      this.timers.push(setInterval(() => this.enqueue(work), milliseconds));
    every(LOOK_MS, () => this.look(new Date()));
    every(COMPARE_MS, () => this.compare(COMPARE_MS, new Date()));
    every(PRUNE_MS, () => pruneDays(this.dataSource.manager, new Date(Date.now() - KEPT_MS)));
    this.enqueue(() => this.lookAtAssessed(new Date()));
    this.enqueue(() => this.look(new Date()));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.running;
  }

  /** Looks at every open quarantine that time may move, and at every proposal, each in a transaction of its own. */
  async look(now: Date): Promise<void> {
    await this.lookAt(await this.waiting(now), now);
  }

  /**
   * Looks at every device that is suspected. We may have come back with another policy, and risk-scoring says nothing
   * again of a device whose evidence does not change.
   */
  async lookAtAssessed(now: Date): Promise<void> {
    const rows: { device_id: string }[] = await this.dataSource.manager.query(
      `SELECT device_id FROM assessments WHERE level IN ('propose', 'isolate') ORDER BY device_id`,
    );
    await this.lookAt(
      rows.map(({ device_id }) => device_id),
      now,
    );
  }

  private async lookAt(deviceIds: readonly string[], now: Date): Promise<void> {
    for (const deviceId of deviceIds) {
      if (this.stopped) return;
      const outcome = await inTransaction(this.dataSource, (manager) =>
        this.decider.reconsider(manager, deviceId, now),
      );
      this.teller.tell(deviceId, outcome);
    }
  }

  async compare(lagMs: number, now: Date): Promise<void> {
    const again = await inTransaction(this.dataSource, async (manager: EntityManager) => {
      await lockWriter(manager);
      return republishLagging(manager, lagMs, now);
    });
    if (again.isolations + again.previews > 0) this.logger.info(again, 'published again what lags');
  }

  private async waiting(now: Date): Promise<string[]> {
    const rows: { device_id: string }[] = await this.dataSource.manager.query(
      `SELECT device_id FROM quarantines q WHERE decision = 'proposed' OR (decision = 'released' AND close_at <= $1)
         OR (decision = 'approved' AND review_at <= $1 AND NOT EXISTS (
           SELECT 1 FROM conditions k WHERE k.quarantine_id = q.id AND k.condition = 'ReviewDue'))
       ORDER BY device_id`,
      [now],
    );
    return rows.map(({ device_id }) => device_id);
  }

  /** One at a time. A round that fails is tried again by the next: it only says again what the tables say. */
  private enqueue(work: () => Promise<void>): void {
    this.running = this.running.then(async () => {
      if (this.stopped) return;
      try {
        await work();
      } catch (error) {
        this.logger.warn({ err: error, transient: isTransient(error) }, 'a round failed');
      }
    });
  }
}
