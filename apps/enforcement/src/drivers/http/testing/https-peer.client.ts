import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsIdentity } from './tls-identity.client.js';

export interface PeerRequest {
  method: string;
  /** Path without query, decoded. */
  path: string;
  query: URLSearchParams;
  /** Path and query as they came, with what is percent-encoded in them. */
  target: string;
  headers: IncomingMessage['headers'];
  text: string;
}

export interface PeerAnswer {
  status: number;
  /** JSON, unless the headers say otherwise. */
  body?: string;
  headers?: Record<string, string | string[]>;
}

/** `silent`: the answer never comes. `cut`: the connection breaks instead. */
export type Handler = (request: PeerRequest) => Promise<PeerAnswer | 'silent' | 'cut'>;

/** Takes over a connection that asks to speak something else, such as WebSocket. */
export type Upgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** An HTTPS server on the loopback that answers by a function; it can refuse connections and come back on its port. */
export class HttpsPeer {
  private server: Server | null = null;
  private port = 0;
  private readonly open = new Set<Socket>();

  constructor(
    private readonly identity: TlsIdentity,
    private readonly handle: Handler,
    private readonly upgrade: Upgrade | null = null,
  ) {}

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<this> {
    if (this.server) return this;
    const { key, cert } = this.identity;
    this.server = createServer({ key, cert }, (request, response) => void this.answer(request, response));
    if (this.upgrade) this.server.on('upgrade', this.upgrade);
    this.server.on('connection', (socket: Socket) => {
      this.open.add(socket);
      socket.on('close', () => this.open.delete(socket));
    });
    this.server.on('tlsClientError', () => undefined);
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** From now on connections are refused, and open ones end. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    this.dropAll();
    await closed;
  }

  dropAll(): void {
    for (const socket of this.open) socket.destroy();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const target = request.url ?? '/';
    const { pathname, searchParams } = new URL(target, this.url);
    const answer = await this.handle({
      method: request.method ?? '',
      path: decodeURIComponent(pathname),
      query: searchParams,
      target,
      headers: request.headers,
      text: Buffer.concat(chunks).toString('utf8'),
    });
    if (answer === 'silent') return;
    if (answer === 'cut') return void response.destroy();
    const type = answer.body === undefined ? {} : { 'Content-Type': 'application/json' };
    response.writeHead(answer.status, { ...type, ...answer.headers }).end(answer.body);
  }
}
