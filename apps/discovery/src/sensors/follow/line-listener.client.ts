import { createServer, type Server, type Socket } from 'node:net';
import { LineSplitter, type FoundLine } from '../line-splitter.js';
import { MAX_LONG_LINE } from './followed-file.client.js';

export interface ListenOptions {
  host: string;
  port: number;
  /** Addresses that may send. */
  senders: readonly string[];
}

export interface ListenerEvents {
  mayRead: () => boolean;
  /** Somebody has connected, whose lines go to what this returns. */
  connected: () => (lines: readonly FoundLine[]) => void;
  onBadLine: (reason: 'too-long-line' | 'half-line' | 'unknown-sender') => void;
}

const MAX_CONNECTIONS = 16;
const TRY_AGAIN_MS = 20;

/** Takes lines over TCP. While what was told is not safe, the sender waits: its socket is not read. */
export class LineListener {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly options: ListenOptions,
    private readonly events: ListenerEvents,
  ) {
    this.server = createServer((socket) => this.take(socket));
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  /** Rejects if the address can't be had. */
  start(): Promise<void> {
    const { host, port } = this.options;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port }, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private take(socket: Socket): void {
    // A reset ends the connection as any other end does.
    socket.on('error', () => socket.destroy());
    const sender = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    if (!this.options.senders.includes(sender)) {
      this.events.onBadLine('unknown-sender');
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    const give = this.events.connected();
    const lines = new LineSplitter(0, MAX_LONG_LINE);
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      const tooLong = lines.tooLong;
      const found = lines.push(chunk);
      for (let count = lines.tooLong - tooLong; count > 0; count -= 1) this.events.onBadLine('too-long-line');
      if (found.length > 0) give(found);
      if (!this.events.mayRead()) this.pauseUntilSafe(socket);
    });
    socket.on('close', () => {
      if (received > lines.position) this.events.onBadLine('half-line');
      this.sockets.delete(socket);
    });
  }

  private pauseUntilSafe(socket: Socket): void {
    socket.pause();
    const timer = setInterval(() => {
      if (!socket.destroyed && !this.events.mayRead()) return;
      clearInterval(timer);
      socket.resume();
    }, TRY_AGAIN_MS);
  }
}
