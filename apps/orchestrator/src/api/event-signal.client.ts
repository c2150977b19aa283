import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';
import { EVENTS_CHANNEL } from '../queries.js';
import type { Logger } from '#observability';

export const EVENT_SIGNAL_OPTIONS = Symbol('event signal options');
export interface EventSignalOptions {
  databaseUrl: string;
  logger: Logger;
}

/** Wakes at each event, and every second in case a notification was lost: it is a hint, the table is the truth. */
export interface Wake {
  readonly ended: boolean;
  next(): Promise<void>;
  end(): void;
}

const RETRY_MS = 1000;

/** Listens to PostgreSQL's notification of new quarantine events, for all readers of the stream. */
@Injectable()
export class EventSignal implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly waiting = new Set<() => void>();
  private client: Client | undefined;
  private closed = false;

  constructor(@Inject(EVENT_SIGNAL_OPTIONS) private readonly options: EventSignalOptions) {}

  onApplicationBootstrap(): void {
    void this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    for (const wake of this.waiting) wake();
    await this.client?.end().catch(() => undefined);
  }

  listen(): Wake {
    const state = { ended: false, rung: false, ring: (): void => undefined };
    const ring = (): void => {
      if (this.closed) state.ended = true;
      state.rung = true;
      state.ring();
    };
    this.waiting.add(ring);
    const next = (): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, RETRY_MS);
        state.ring = () => {
          clearTimeout(timer);
          resolve();
        };
        if (state.rung || state.ended) state.ring();
        state.rung = false;
      });
    const end = (): void => {
      state.ended = true;
      this.waiting.delete(ring);
      state.ring();
    };
    return {
      get ended() {
        return state.ended;
      },
      next,
      end,
    };
  }

  private async connect(): Promise<void> {
    if (this.closed) return;
    const client = new Client({ connectionString: this.options.databaseUrl, connectionTimeoutMillis: 2000 });
    this.client = client;
    client.on('notification', () => this.waiting.forEach((wake) => wake()));
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
