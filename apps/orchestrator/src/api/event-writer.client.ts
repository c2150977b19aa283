import type { Writable } from 'node:stream';
import type { StreamedEvent } from '../queries.js';

/**
 * Server-sent events (HTML standard, 9.2.5) to one reader, no faster than it reads: what it has not taken yet stays in
 * the database, not in memory.
 */
export class EventWriter {
  /** `ended`: from then on nothing is waited for. */
  constructor(
    private readonly to: Writable,
    private readonly ended: AbortSignal,
  ) {}

  /** The reader has not taken what was written. */
  get isStuck(): boolean {
    return this.to.writableNeedDrain;
  }

  /** Tells the reader where it is, so that one that leaves before the first event knows where to go on. */
  begin(seq: number): Promise<void> {
    return this.write(`: Lazaret\nid: ${seq}\n\n`);
  }

  event({ seq, event }: StreamedEvent): Promise<void> {
    return this.write(`id: ${seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  /** A comment, so that proxies keep the connection; none while earlier text waits. */
  keepAlive(): void {
    if (!this.to.destroyed && !this.isStuck) this.to.write(': still here\n\n');
  }

  /** A reader that takes nothing can't be told the end: it would keep a closing server waiting. */
  end(): void {
    if (this.isStuck) this.to.destroy();
    else this.to.end();
  }

  /** Resolves when the reader has room for more, or has gone. */
  private write(text: string): Promise<void> {
    if (this.to.destroyed || this.to.write(text) || this.ended.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.to.off('drain', done).off('close', done);
        this.ended.removeEventListener('abort', done);
        resolve();
      };
      this.to.on('drain', done).on('close', done);
      this.ended.addEventListener('abort', done);
    });
  }
}
