import { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Logger } from '#observability';
import { OvsdbError } from './errors.js';
import { JsonFramer } from './framer.js';
import {
  parseMessage,
  refusalOf,
  type Incoming,
  type MonitoredTables,
  type Operation,
  type OperationResult,
  type TableUpdates,
} from './messages.js';
import { parseRemote } from './remote.js';

export interface OvsdbOptions {
  /** How long an answer may take, and how long the connection may take to open. Milliseconds. */
  timeoutMs?: number;
  /** After so long without a byte the server is asked for an echo; after `timeoutMs` more the connection is closed. */
  idleMs?: number;
  logger?: Pick<Logger, 'debug' | 'warn'>;
}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: OvsdbError) => void;
  timer: NodeJS.Timeout;
}

/** A running monitor. After `cancel` its listener hears nothing more. */
export interface OvsdbMonitor {
  cancel(): Promise<void>;
}

/**
 * A client of an OVSDB server (RFC 7047). One connection; it never reconnects by itself: who has lost a connection has
 * lost its monitors too, and must read again. Emits `close` once, with the reason, or null after `close()`.
 */
export class OvsdbClient extends EventEmitter<{ close: [OvsdbError | null] }> {
  private readonly framer = new JsonFramer();
  private readonly pending = new Map<number, Pending>();
  private readonly followers = new Map<string, (updates: TableUpdates) => void>();
  private readonly keepAlive: NodeJS.Timeout;
  private nextId = 1;
  private heardAt = performance.now();
  private gone: OvsdbError | null | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly timeoutMs: number,
    private readonly idleMs: number,
    private readonly logger: OvsdbOptions['logger'],
  ) {
    super();
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (cause) => this.end(new OvsdbError('unreachable', 'the connection broke', { cause })));
    socket.on('close', () => this.end(new OvsdbError('unreachable', 'the server closed the connection')));
    this.keepAlive = setInterval(() => this.checkAlive(), Math.min(idleMs, 1000));
    this.keepAlive.unref();
  }

  /** Opens a connection to `tcp:host:port` or `unix:/path`. Refused or silent: `unreachable`. */
  static async connect(remote: string, options: OvsdbOptions = {}): Promise<OvsdbClient> {
    const { timeoutMs = 5000, idleMs = 5000, logger } = options;
    const socket = connect(parseRemote(remote)).setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      const fail = (message: string, cause?: unknown): void => {
        clearTimeout(timer);
        socket.destroy();
        reject(new OvsdbError('unreachable', message, { cause }));
      };
      const timer = setTimeout(() => fail(`no connection to ${remote} in ${timeoutMs} ms`), timeoutMs);
      socket.once('error', (cause) => fail(`no connection to ${remote}`, cause));
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.removeAllListeners('error');
        resolve();
      });
    });
    return new OvsdbClient(socket, timeoutMs, idleMs, logger);
  }

  /**
   * Runs operations as one transaction. If one fails none has an effect, and the error names it: `refused` with its
   * index and the server's word. A connection lost before the answer: `no-answer`, since it may have been done.
   */
  async transact(database: string, ...operations: Operation[]): Promise<OperationResult[]> {
    const results = await this.call('transact', [database, ...operations]);
    const refusal = interpret(() => refusalOf(results));
    if (!refusal) return results as OperationResult[];
    const message = `operation ${refusal.operation} was refused: ${refusal.serverError}`;
    throw new OvsdbError('refused', message, { refusal });
  }

  /** Follows tables. The listener hears first what is there now, before this resolves, and then every change in order. */
  async monitor(
    database: string,
    tables: MonitoredTables,
    listener: (updates: TableUpdates) => void,
  ): Promise<OvsdbMonitor> {
    const name = `monitor-${this.nextId}`;
    this.followers.set(name, listener);
    try {
      // An update may stand in the same chunk as the answer: the rows of the answer must be told first, synchronously.
      await this.call('monitor', [database, name, tables], (initial) => listener(initial as TableUpdates));
    } catch (error) {
      this.followers.delete(name);
      throw error;
    }
    return {
      cancel: async () => {
        if (this.followers.delete(name) && this.gone === undefined) await this.call('monitor_cancel', [name]);
      },
    };
  }

  /** Closes the connection. Calls without an answer are rejected as `no-answer`. */
  close(): void {
    this.end(null);
  }

  private call(method: string, params: unknown[], onResult?: (result: unknown) => void): Promise<unknown> {
    if (this.gone !== undefined) return Promise.reject(new OvsdbError('unreachable', 'the connection is closed'));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.end(new OvsdbError('no-answer', `no answer to ${method} in ${this.timeoutMs} ms`));
      }, this.timeoutMs);
      const answered = (result: unknown): void => {
        onResult?.(result);
        resolve(result);
      };
      this.pending.set(id, { resolve: answered, reject, timer });
      this.socket.write(JSON.stringify({ id, method, params }));
    });
  }

  private receive(chunk: Buffer): void {
    this.heardAt = performance.now();
    if (this.gone !== undefined) return;
    try {
      for (const text of this.framer.push(chunk)) this.handle(parseMessage(text));
    } catch (cause) {
      this.logger?.warn({ err: cause }, 'OVSDB server sent what could not be read');
      this.end(new OvsdbError('bad-answer', 'the server sent what could not be read', { cause }));
    }
  }

  private handle(message: Incoming): void {
    switch (message.kind) {
      case 'request':
        if (message.method === 'echo') this.answer(message.id, message.params, null);
        else this.answer(message.id, null, { error: 'unknown method' });
        return;
      case 'notification':
        if (message.method === 'update' && Array.isArray(message.params)) {
          this.followers.get(String(message.params[0]))?.(message.params[1] as TableUpdates);
        }
        return;
      case 'answer':
        this.settle(message);
    }
  }

  private settle(message: Extract<Incoming, { kind: 'answer' }>): void {
    const waiting = this.pending.get(message.id as number);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.pending.delete(message.id as number);
    if (message.error === null) return waiting.resolve(message.result);
    const serverError = serverErrorOf(message.error);
    const refusal = { serverError, operation: null };
    waiting.reject(new OvsdbError('refused', `the server refused the call: ${serverError}`, { refusal }));
  }

  private answer(id: unknown, result: unknown, error: unknown): void {
    this.socket.write(JSON.stringify({ id, result, error }));
  }

  private checkAlive(): void {
    const silentMs = performance.now() - this.heardAt;
    if (silentMs > this.idleMs + this.timeoutMs) {
      this.end(new OvsdbError('no-answer', `the server has said nothing for ${Math.round(silentMs)} ms`));
    } else if (silentMs > this.idleMs) {
      this.socket.write(JSON.stringify({ id: 'echo', method: 'echo', params: [] }));
    }
  }

  private end(reason: OvsdbError | null): void {
    if (this.gone !== undefined) return;
    this.gone = reason;
    clearInterval(this.keepAlive);
    this.followers.clear();
    // A request that still waits in the send buffer must not arrive after its caller has given up on it.
    if (this.pending.size > 0 && this.socket.remoteAddress !== undefined) this.socket.resetAndDestroy();
    else this.socket.destroy();
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(new OvsdbError('no-answer', 'the connection ended before the answer', { cause: reason ?? undefined }));
    }
    this.pending.clear();
    this.logger?.debug({ code: reason?.code ?? null }, 'OVSDB connection closed');
    this.emit('close', reason);
  }
}

/** Ours sends `{"error": "…", "details": "…"}`; the RFC allows any value. */
function serverErrorOf(error: unknown): string {
  const word = typeof error === 'object' && error !== null ? (error as { error?: unknown }).error : error;
  return typeof word === 'string' ? word : 'error';
}

function interpret<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new OvsdbError('bad-answer', 'the answer is not the result of a transaction', { cause });
  }
}
