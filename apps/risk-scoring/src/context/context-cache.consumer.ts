import type { Logger } from '#observability';
import { dedicatedConnection } from '#storage';
import type { DataSource } from 'typeorm';
import { CONTEXT, type Context, type ContextKind, type ContextRow } from './context.js';
import { CONTEXT_CHANNEL, readContext, readContexts } from './context.store.js';

const RECONNECT_MS = 500;

/**
 * Keeps a replica's memory of the contexts equal to the database, whichever replica wrote them: hears each change, and
 * reads everything anew after a lost connection.
 */
export class ContextCache {
  private connection: ReturnType<typeof dedicatedConnection> | undefined;
  private refreshing: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly context: Context,
    private readonly logger: Logger,
    private readonly onRelease: (deviceId: string, at: number) => void,
  ) {}

  /** Rejects when the database can't be reached; once open, it comes back by itself. */
  async open(): Promise<void> {
    const { lost } = await this.listen();
    void this.keepListening(lost);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.connection?.end().catch(() => undefined);
  }

  /** Listens first and reads then, so that no change falls in between. `lost` resolves when the connection is gone. */
  private async listen(): Promise<{ lost: Promise<void> }> {
    let onLost = (): void => undefined;
    const lost = new Promise<void>((resolve) => (onLost = resolve));
    const connection = dedicatedConnection(this.dataSource, onLost);
    this.connection = connection;
    connection.on('notification', ({ payload }) => this.hear(payload ?? ''));
    try {
      await connection.connect();
      await connection.query(`LISTEN ${CONTEXT_CHANNEL}`);
      for (const row of await readContexts(this.dataSource.manager)) this.take(row);
      return { lost };
    } catch (error) {
      await connection.end().catch(() => undefined);
      throw error;
    }
  }

  private async keepListening(first: Promise<void>): Promise<void> {
    let lost = first;
    for (;;) {
      await lost;
      if (this.isClosed) return;
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      if (this.isClosed) return;
      try {
        ({ lost } = await this.listen());
      } catch (error) {
        this.logger.warn({ reason: reasonOf(error) }, 'contexts are not heard');
        lost = Promise.resolve();
      }
    }
  }

  /** One after the other: of two reads of a context the later must win. */
  private hear(payload: string): void {
    const [kind, key] = JSON.parse(payload) as [ContextKind, string];
    this.refreshing = this.refreshing.then(() => this.refresh(kind, key));
  }

  private async refresh(kind: ContextKind, key: string): Promise<void> {
    try {
      const row = await readContext(this.dataSource.manager, kind, key);
      if (row) this.take(row);
    } catch (error) {
      this.logger.warn({ kind, reason: reasonOf(error) }, 'a context was not read');
      // The next connection reads everything.
      await this.connection?.end().catch(() => undefined);
    }
  }

  private take(row: ContextRow): void {
    this.context.take(row);
    const releasedAt = row.kind === CONTEXT.release ? this.context.releasedAt(row.key) : null;
    if (releasedAt !== null) this.onRelease(row.key, releasedAt);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
