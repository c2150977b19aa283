import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Client } from 'pg';
import { EVENTS_CHANNEL } from '../queries.js';
import type { Logger } from '#observability';
import { Wake } from './wake.js';

export const EVENT_SIGNAL_OPTIONS = Symbol('event signal options');
export interface EventSignalOptions {
  databaseUrl: string;
  logger: Logger;
}

const RETRY_MS = 1000;

/** Listens to PostgreSQL's notification of new quarantine events, for all readers of the stream. */
@Injectable()
export class EventSignal implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly waiting = new Set<Wake>();
  private client: Client | undefined;
  private closed = false;

  constructor(@Inject(EVENT_SIGNAL_OPTIONS) private readonly options: EventSignalOptions) {}

  onApplicationBootstrap(): void {
    void this.connect();
  }

  /** Before the HTTP server is closed: it waits for open requests, so the streams have to end first. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closed = true;
    for (const wake of this.waiting) wake.end();
    await this.client?.end().catch(() => undefined);
  }

  /** A reader's own wake; it must be ended. */
  listen(): Wake {
    const wake = new Wake(() => this.waiting.delete(wake));
    this.waiting.add(wake);
    if (this.closed) wake.end();
    return wake;
  }

  private async connect(): Promise<void> {
    if (this.closed) return;
    const client = new Client({ connectionString: this.options.databaseUrl, connectionTimeoutMillis: 2000 });
    this.client = client;
    client.on('notification', () => this.waiting.forEach((wake) => wake.ring()));
    client.on('error', (error) => this.options.logger.warn({ error: error.message }, 'event signal lost'));
    client.on('end', () => setTimeout(() => void this.connect(), RETRY_MS).unref());
    try {
      await client.connect();
      await client.query(`LISTEN ${EVENTS_CHANNEL}`);
    } catch (error) {
      this.options.logger.warn({ error: (error as Error).message }, 'event signal not connected');
      await client.end().catch(() => undefined);
    }
  }
}
