import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QuarantineChange, QuarantineEvent } from '#events';
import type { Logger } from '#observability';
import { EventSignal } from '../../../api/event-signal.client.js';
import { EVENTS_CHANNEL } from '../../../queries.js';
import type { TestDatabase } from '../../../testing/database.client.js';
import { webhookSubscription, type WebhookSubscription } from '../subscription.js';
import { WebhookDesk, type WebhookView } from '../webhook-desk.store.js';
import { WebhookSender } from '../webhook-sender.command.js';

/** The sender on a database of its own, started and stopped at will. Pauses are the shortest. */
export class Webhooks {
  readonly folder = mkdtempSync(join(tmpdir(), 'lazaret-webhooks-'));
  readonly log: unknown[] = [];
  private running: { sender: WebhookSender; signal: EventSignal } | undefined;
  private seq = 0;

  constructor(private readonly database: TestDatabase) {}

  /** A subscription with a new secret in a file of its own. */
  subscription(url: string, changes: Partial<WebhookSubscription> = {}): WebhookSubscription {
    const name = changes.name ?? `r-${randomUUID().slice(0, 8)}`;
    const secretFiles = [this.secretFile(`${name}.secret`).file];
    return webhookSubscription.parse({ name, url, secretFiles, allowAddresses: ['127.0.0.1'], ...changes });
  }

  secretFile(name: string, secret = `whsec_${randomBytes(32).toString('base64')}`): { file: string; secret: string } {
    const file = join(this.folder, name);
    writeFileSync(file, `${secret}\n`);
    return { file, secret };
  }

  start(...subscriptions: WebhookSubscription[]): WebhookDesk {
    const logger = this.logger();
    const signal = new EventSignal({ databaseUrl: this.database.serviceUrl, logger });
    const sender = new WebhookSender(this.database.dataSource, signal, subscriptions, logger, () => 0);
    signal.onApplicationBootstrap();
    sender.onApplicationBootstrap();
    this.running = { sender, signal };
    return new WebhookDesk(this.database.dataSource, subscriptions);
  }

  async stop(): Promise<void> {
    await this.running?.sender.beforeApplicationShutdown();
    await this.running?.signal.beforeApplicationShutdown();
    this.running = undefined;
  }

  /** Something happens to a quarantine: as the service writes it down, without the rest. */
  async happens(changes: readonly { change?: QuarantineChange; site?: string }[]): Promise<QuarantineEvent[]> {
    const events = changes.map(({ change = 'proposed', site = 'north' }) => ({
      specversion: '1.0',
      id: randomUUID(),
      source: '/orchestrator',
      type: `lazaret.quarantine.${change}`,
      subject: randomUUID(),
      time: new Date().toISOString(),
      data: { site, name: 'MRI 3 – Süd \u0000 \ud800' },
    }));
    const rows = events.map((event) => [(this.seq += 1), event.type, event.time, JSON.stringify(event)]);
    await this.database.owner.query(
      `INSERT INTO quarantine_events (seq, quarantine_id, type, at, body)
         SELECT seq, 'q-1', type, at, body FROM jsonb_to_recordset($1::jsonb)
           AS r(seq bigint, type text, at timestamptz, body text)`,
      [JSON.stringify(rows.map(([seq, type, at, body]) => ({ seq, type, at, body })))],
    );
    await this.database.owner.query('SELECT pg_notify($1, $2)', [EVENTS_CHANNEL, String(this.seq)]);
    return events as unknown as QuarantineEvent[];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private logger(): Logger {
    const keep = (facts: unknown, message: string): void => void this.log.push({ facts, message });
    return { info: keep, warn: keep, error: keep, debug: keep } as unknown as Logger;
  }
}

export async function until<T>(what: string, look: () => T | false | Promise<T | false>, ms = 10_000): Promise<T> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const found = await look();
    if (found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`there was no ${what} in ${ms} ms`);
}

/** The one subscription of this name as people see it, once it is so. */
export function seen(desk: WebhookDesk, name: string, so: (view: WebhookView) => boolean): Promise<WebhookView> {
  return until(`such view of ${name}`, async () => {
    const view = (await desk.list()).find((one) => one.name === name);
    return view !== undefined && so(view) && view;
  });
}
