import type { DataSource } from 'typeorm';
import type { QuarantineEvent } from '#events';
import { isTold, type WebhookSubscription } from './subscription.js';

/** An event on its way to a receiver. */
export interface Delivery {
  seq: string;
  /** The CloudEvent's id. */
  id: string;
  body: string;
  attempts: number;
}

/** An event after the place. `body` only where it is asked for: PostgreSQL reads no JSON with a \\u0000 in it, we do. */
interface News {
  place: string;
  seq: string;
  type: string;
  body: string | null;
}

/** Events that are looked at in one statement. */
const EVENTS = 100;
const DAY = 86_400_000;

/** A subscription's rows. Every statement is a transaction of its own; times are the caller's. */
export class Deliveries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly subscription: WebhookSubscription,
  ) {}

  /** A receiver that is new is told what happens from now on. */
  async begin(): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO webhook_subscriptions (name, place, delivered, failed)
         SELECT $1, coalesce(max(seq), 0), 0, 0 FROM quarantine_events ON CONFLICT DO NOTHING`,
      [this.subscription.name],
    );
  }

  /**
   * Looks at the events since the subscription's place, keeps a delivery of each that it is told, and moves the place
   * on, unless another sender has. `seq` is given under the writer lock, so none appears later below the place. True
   * where more may wait.
   */
  async queueNews(now: Date): Promise<boolean> {
    const { name, sites, giveUpDays } = this.subscription;
    const news: News[] = await this.dataSource.query(
      `SELECT s.place, e.seq, e.type, CASE WHEN $2 THEN e.body END AS body
         FROM webhook_subscriptions s JOIN quarantine_events e ON e.seq > s.place
        WHERE s.name = $1 ORDER BY e.seq LIMIT $3`,
      [name, sites !== null, EVENTS],
    );
    const last = news.at(-1);
    if (!last) return false;
    const told = news.filter((event) => isTold(this.subscription, event)).map(({ seq }) => seq);
    await this.dataSource.query(
      `WITH moved AS (UPDATE webhook_subscriptions SET place = $3 WHERE name = $1 AND place = $2 RETURNING place)
       INSERT INTO webhook_deliveries (subscription, seq, attempts, next_attempt_at, gives_up_at)
       SELECT $1, seq, 0, $5, $6 FROM moved, unnest($4::bigint[]) AS seq ON CONFLICT DO NOTHING`,
      [name, last.place, last.seq, told, now, new Date(now.getTime() + giveUpDays * DAY)],
    );
    return news.length === EVENTS;
  }

  /** Takes what is due, oldest wish first, so that nobody else sends it until `until`: a sender that dies gives it back. */
  async claim(limit: number, now: Date, until: Date): Promise<Delivery[]> {
    const [rows]: [Omit<Delivery, 'id'>[], number] = await this.dataSource.query(
      `UPDATE webhook_deliveries d SET attempts = d.attempts + 1, next_attempt_at = $4
         FROM (SELECT seq FROM webhook_deliveries
                WHERE subscription = $1 AND gave_up_at IS NULL AND next_attempt_at <= $3
                ORDER BY next_attempt_at, seq LIMIT $2 FOR UPDATE SKIP LOCKED) due
         JOIN quarantine_events e USING (seq)
        WHERE d.subscription = $1 AND d.seq = due.seq
       RETURNING d.seq, d.attempts, e.body`,
      [this.subscription.name, limit, now, until],
    );
    return rows.map((row) => ({ ...row, id: (JSON.parse(row.body) as QuarantineEvent).id }));
  }

  /** The receiver has it. `recovered`: it takes deliveries again, so all that wait are due now. */
  async taken(seq: string, now: Date, recovered: boolean): Promise<void> {
    await this.dataSource.query(
      `WITH gone AS (DELETE FROM webhook_deliveries WHERE subscription = $1 AND seq = $2),
         again AS (UPDATE webhook_deliveries SET next_attempt_at = $3
           WHERE $4 AND subscription = $1 AND seq <> $2 AND gave_up_at IS NULL AND next_attempt_at > $3)
       UPDATE webhook_subscriptions SET delivered = delivered + 1, last_success_at = $3 WHERE name = $1`,
      [this.subscription.name, seq, now, recovered],
    );
  }

  /** The receiver does not have it. What has been tried for too long is given up; returns how many. */
  async refused(seq: string, failure: string, now: Date, again: Date): Promise<number> {
    const { name } = this.subscription;
    await this.dataSource.query(
      `WITH later AS (UPDATE webhook_deliveries SET next_attempt_at = $5, failure = $3
         WHERE subscription = $1 AND seq = $2)
       UPDATE webhook_subscriptions SET failed = failed + 1, last_failure_at = $4, last_failure = $3 WHERE name = $1`,
      [name, seq, failure, now, again],
    );
    const [, givenUp]: [unknown[], number] = await this.dataSource.query(
      `UPDATE webhook_deliveries SET gave_up_at = $2
        WHERE subscription = $1 AND gave_up_at IS NULL AND attempts > 0 AND gives_up_at <= $2`,
      [name, now],
    );
    return givenUp;
  }

  /** It was not tried to its end: it is due again. */
  async giveBack(seq: string, now: Date): Promise<void> {
    await this.dataSource.query(
      'UPDATE webhook_deliveries SET next_attempt_at = $3 WHERE subscription = $1 AND seq = $2',
      [this.subscription.name, seq, now],
    );
  }
}
