import { createServer as createPlain, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTls, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  headers: Record<string, string>;
  body: string;
}

/** A receiver that keeps what it is told, and answers as it is told to. Counts connections, whatever comes of them. */
export class Receiver {
  readonly received: Received[] = [];
  connections = 0;
  /** Most requests that were open at once. */
  mostAtOnce = 0;
  private open = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: ReturnType<typeof createPlain>,
    private readonly scheme: string,
  ) {}

  static async start(
    answer: (response: ServerResponse, received: Received) => void = (response) => void response.writeHead(204).end(),
    { tls, port = 0 }: { tls?: ServerOptions; port?: number } = {},
  ): Promise<Receiver> {
    const server = tls ? createTls(tls) : createPlain();
    const receiver = new Receiver(server, tls ? 'https' : 'http');
    server.on('connection', (socket) => {
      receiver.connections += 1;
      receiver.sockets.add(socket.once('close', () => receiver.sockets.delete(socket)));
    });
    server.on('request', (request, response) => {
      receiver.open += 1;
      receiver.mostAtOnce = Math.max(receiver.mostAtOnce, receiver.open);
      response.once('close', () => (receiver.open -= 1));
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const received = { headers: flat(request.headers), body: Buffer.concat(chunks).toString() };
        receiver.received.push(received);
        answer(response, received);
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(host = '127.0.0.1'): string {
    return `${this.scheme}://${host}:${this.port}/lazaret?key=hush-in-the-url`;
  }

  get ids(): string[] {
    return this.received.map(({ headers }) => String(headers['webhook-id']));
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
