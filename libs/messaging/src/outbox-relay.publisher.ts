import type { Counters, Logger } from '#observability';
import { dedicatedConnection } from '#storage';
import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { fullJitter } from './backoff.js';
import { hasCode, MessagingError } from './errors.js';
import type { EventProducer } from './event.publisher.js';
import { inWords } from './failure.js';
import { becomeOwner, deleteRows, listenForRows, oldestRows, refuseRow, type OutboxRow } from './outbox.store.js';
import { WakeUp } from './wake-up.js';

export interface OutboxRelayOptions {
  service: string;
  dataSource: DataSource;
  producer: EventProducer;
  logger: Logger;
  counters: Counters;
}

/** Rows and bytes that are in memory at once, however long the outage was. */
const ROWS = 500;
const BYTES = 4 * 1024 * 1024;
/** The wake-up at commit is the rule, the poll catches what it missed. In ms. */
const POLL_MS = 1_000;
const STANDBY_MS = 500;
const STOP_MS = 3_000;

/**
 * Sends what transactions put into the outbox and deletes it once acknowledged. One relay of a schema works at a time:
 * it holds a session lock on a connection of its own, over which it also listens, reads and deletes, so that losing the
 * one is losing all. Rows go in order of their ids, what is not yet there is sent when it comes. A crash between
 * acknowledgement and deletion sends rows twice: readers drop what they know.
 */
export class OutboxRelay {
  private readonly wakeUp = new WakeUp();
  private running: Promise<void> | undefined;
  private isStopping = false;
  private lost: AbortController | undefined;

  constructor(private readonly options: OutboxRelayOptions) {}

  /** Begins in the background: without a database it waits for one. */
  start(): void {
    this.running ??= this.run();
  }

  /** Sends what is committed by now if the broker takes it within seconds; what is left is sent after the next start. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wakeUp.ring();
    const giveUp = setTimeout(() => this.lost?.abort(new Error('the relay was stopped')), STOP_MS);
    await this.running;
    clearTimeout(giveUp);
  }

  private async run(): Promise<void> {
    for (let failures = 1; !this.isStopping; failures += 1) {
      const began = performance.now();
      try {
        await this.session();
      } catch (error) {
        this.options.counters.add('relay.failed');
        this.options.logger.warn({ reason: inWords(error) }, 'outbox relay lost its connection or the broker');
      }
      if (performance.now() - began > 10_000) failures = 1;
      if (!this.isStopping) await this.wakeUp.wait(fullJitter(failures, Math.random));
    }
  }

  private async session(): Promise<void> {
    const lost = new AbortController();
    this.lost = lost;
    const client = dedicatedConnection(this.options.dataSource, (error) => {
      lost.abort(error);
      this.wakeUp.ring();
    });
    try {
      await client.connect();
      client.on('notification', () => this.wakeUp.ring());
      await listenForRows(client);
      if (await this.waitForOwnership(client, lost.signal)) await this.relay(client, lost.signal);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async waitForOwnership(client: Client, lost: AbortSignal): Promise<boolean> {
    while (!this.isStopping) {
      lost.throwIfAborted();
      if (await becomeOwner(client)) {
        this.options.logger.info('outbox relay is the owner');
        return true;
      }
      await this.wakeUp.wait(STANDBY_MS);
    }
    return false;
  }

  private async relay(client: Client, lost: AbortSignal): Promise<void> {
    for (;;) {
      lost.throwIfAborted();
      this.wakeUp.reset();
      const rows = await oldestRows(client, ROWS, BYTES);
      if (rows.length > 0) await this.send(client, rows, lost);
      else if (this.isStopping) return;
      else await this.wakeUp.wait(POLL_MS);
    }
  }

  private async send(client: Client, rows: readonly OutboxRow[], lost: AbortSignal): Promise<void> {
    try {
      await this.options.producer.publishRecords(rows, lost);
      await deleteRows(client, rows);
    } catch (error) {
      if (!hasCode(error, 'record-refused')) throw error;
      await this.sendSingly(client, rows, lost);
    }
  }

  /** One of the rows will never be taken: find it, set it aside, let the others go. */
  private async sendSingly(client: Client, rows: readonly OutboxRow[], lost: AbortSignal): Promise<void> {
    for (const row of rows) {
      try {
        await this.options.producer.publishRecords([row], lost);
        await deleteRows(client, [row]);
      } catch (error) {
        if (!(error instanceof MessagingError) || error.code !== 'record-refused') throw error;
        await refuseRow(client, row, error.message);
        this.options.counters.add('relay.refused');
        this.options.logger.error({ topic: row.topic, id: row.id, reason: error.message }, 'outbox row was set aside');
      }
    }
  }
}
