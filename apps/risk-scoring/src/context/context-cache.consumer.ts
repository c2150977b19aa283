import type { Logger } from '#observability';
import { dedicatedConnection } from '#storage';
import type { DataSource } from 'typeorm';
import { CONTEXT, type Context, type ContextKind } from './context.js';
import { CONTEXT_CHANNEL, readContext, readContexts } from './context.store.js';

const RECONNECT_MS = 500;

/**
 * Keeps a replica's memory of the contexts equal to the database, whichever replica wrote them: hears each change, and
 * reads everything anew after a lost connection.
 */
export class ContextCache {
  private connection: ReturnType<typeof dedicatedConnection> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly context: Context,
    private readonly logger: Logger,
    private readonly onRelease: (deviceId: string, at: number) => void,
  ) {}

  /** Listens first and reads then, so that no change falls in between. */
  async open(): Promise<void> {
    let isLost = false;
    const connection = dedicatedConnection(this.dataSource, () => {
      if (isLost) return;
      isLost = true;
      this.openAgain(connection);
    });
    this.connection = connection;
    connection.on('notification', ({ payload }) => void this.refresh(payload ?? ''));
    await connection.connect();
    await connection.query(`LISTEN ${CONTEXT_CHANNEL}`);
    for (const row of await readContexts(this.dataSource.manager)) this.take(row);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.connection?.end().catch(() => undefined);
  }

  private openAgain(lost: ReturnType<typeof dedicatedConnection>): void {
    if (this.isClosed || this.connection !== lost) return;
    this.timer = setTimeout(() => {
      this.open().catch((error: unknown) => {
        this.logger.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'contexts are not heard');
        // A refused connection may end without an event of its own.
        if (this.connection) this.openAgain(this.connection);
      });
    }, RECONNECT_MS);
  }

  private async refresh(payload: string): Promise<void> {
    const [kind, key] = JSON.parse(payload) as [ContextKind, string];
    try {
      const row = await readContext(this.dataSource.manager, kind, key);
      if (row) this.take(row);
    } catch (error) {
      this.logger.warn({ kind, reason: error instanceof Error ? error.message : 'unknown' }, 'a context was not read');
      // The new connection reads everything.
      await this.connection?.end().catch(() => undefined);
    }
  }

  private take(row: Parameters<Context['take']>[0]): void {
    this.context.take(row);
    const releasedAt = row.kind === CONTEXT.release ? this.context.releasedAt(row.key) : null;
    if (releasedAt !== null) this.onRelease(row.key, releasedAt);
  }
}
