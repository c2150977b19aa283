import type { DataSource, EntityManager } from 'typeorm';
import type { QuarantineChange, QuarantineEvent } from '#events';
import { inTransaction } from '#storage';
import { appendAudit, lockWriter } from '../../audit/audit.store.js';
import type { Actor } from '../../commands.js';
import type { WebhookSubscription } from './subscription.js';

/** A delivery that was given up. */
export interface DeadDelivery {
  eventId: string;
  type: string;
  subject: string;
  time: string;
  attempts: number;
  failure: string;
  gaveUpAt: string;
}

/** How a receiver stands. Never its secrets, nor more of its address than the origin: a path may be one. */
export interface WebhookView {
  name: string;
  /** `removed`: no longer configured; it waits to be configured again under its name. */
  state: 'delivering' | 'failing' | 'removed';
  receiver: string | null;
  events: QuarantineChange[] | null;
  sites: string[] | null;
  pending: number;
  oldestPendingAt: string | null;
  dead: number;
  deadDeliveries: DeadDelivery[];
  delivered: number;
  failed: number;
  lastSuccessAt: string | null;
  lastFailureAt: string | null;
  lastFailure: string | null;
}

interface Row {
  name: string;
  pending: number;
  oldest: Date | null;
  dead: number;
  delivered: string;
  failed: string;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_failure: string | null;
}

const SHOWN = 20;
const DAY = 86_400_000;

/** What people see of the webhooks, and how they have given-up ones sent again. */
export class WebhookDesk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly subscriptions: readonly WebhookSubscription[],
  ) {}

  /** All that are configured, and what waits for ones that no longer are. */
  async list(): Promise<WebhookView[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT s.name, s.delivered, s.failed, s.last_success_at, s.last_failure_at, s.last_failure,
         count(d.seq) FILTER (WHERE d.gave_up_at IS NULL)::int AS pending,
         min(e.at) FILTER (WHERE d.gave_up_at IS NULL) AS oldest, count(d.gave_up_at)::int AS dead
       FROM webhook_subscriptions s LEFT JOIN webhook_deliveries d ON d.subscription = s.name
         LEFT JOIN quarantine_events e ON e.seq = d.seq
       GROUP BY s.name ORDER BY s.name`,
    );
    const views: WebhookView[] = [];
    for (const row of rows) {
      const subscription = this.subscriptions.find(({ name }) => name === row.name);
      if (!subscription && row.pending + row.dead === 0) continue;
      views.push(viewOf(row, subscription, row.dead > 0 ? await this.dead(row.name) : []));
    }
    return views;
  }

  /** Has what was given up tried again, for as long as at first. Returns how many, or null where there is no such one. */
  async retry(name: string, actor: Actor, now: Date): Promise<number | null> {
    const subscription = this.subscriptions.find((one) => one.name === name);
    if (!subscription) return null;
    return inTransaction(this.dataSource, async (manager) => {
      await lockWriter(manager);
      const again = await revive(manager, subscription, now);
      const deed = {
        actor,
        action: 'webhook-retried',
        subject: `webhook/${name}`,
        facts: { deliveries: again },
        at: now,
      };
      await appendAudit(manager, deed);
      return again;
    });
  }

  private async dead(name: string): Promise<DeadDelivery[]> {
    const rows: { body: string; attempts: number; failure: string; gave_up_at: Date }[] = await this.dataSource.query(
      `SELECT e.body, d.attempts, d.failure, d.gave_up_at
         FROM webhook_deliveries d JOIN quarantine_events e USING (seq)
        WHERE d.subscription = $1 AND d.gave_up_at IS NOT NULL ORDER BY seq DESC LIMIT $2`,
      [name, SHOWN],
    );
    return rows.map(({ body, attempts, failure, gave_up_at }) => {
      const { id: eventId, type, subject, time } = JSON.parse(body) as QuarantineEvent;
      return { eventId, type, subject, time, attempts, failure, gaveUpAt: gave_up_at.toISOString() };
    });
  }
}

async function revive(manager: EntityManager, { name, giveUpDays }: WebhookSubscription, now: Date): Promise<number> {
  const [, again]: [unknown[], number] = await manager.query(
    `UPDATE webhook_deliveries SET gave_up_at = NULL, attempts = 0, next_attempt_at = $2, gives_up_at = $3
      WHERE subscription = $1 AND gave_up_at IS NOT NULL`,
    [name, now, new Date(now.getTime() + giveUpDays * DAY)],
  );
  return again;
}

function viewOf(row: Row, subscription: WebhookSubscription | undefined, dead: DeadDelivery[]): WebhookView {
  const { last_success_at: success, last_failure_at: failure } = row;
  const isFailing = failure !== null && (success === null || failure > success) && row.pending + row.dead > 0;
  return {
    name: row.name,
    state: !subscription ? 'removed' : isFailing ? 'failing' : 'delivering',
    receiver: subscription ? new URL(subscription.url).origin : null,
    events: subscription?.events ?? null,
    sites: subscription?.sites ?? null,
    pending: row.pending,
    oldestPendingAt: row.oldest?.toISOString() ?? null,
    dead: row.dead,
    deadDeliveries: dead,
    delivered: Number(row.delivered),
    failed: Number(row.failed),
    lastSuccessAt: success?.toISOString() ?? null,
    lastFailureAt: failure?.toISOString() ?? null,
    lastFailure: row.last_failure,
  };
}
