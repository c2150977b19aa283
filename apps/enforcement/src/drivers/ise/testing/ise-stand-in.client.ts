import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { TlsIdentity } from '../../http/testing/tls-identity.client.js';
import type { Answer, Asked } from './answer.js';
import { answerErs, type ErsSettings } from './ers-routes.js';
import { type IseState } from './ise-state.js';
import { answerMnt } from './mnt-routes.js';
import { PUBSUB_PATH, answerPxgrid, type PxgridSettings } from './pxgrid-routes.js';

/** One request and what the stand-in answered; null: nothing, on purpose. */
export interface Exchange {
  asked: Asked;
  answer: Answer | null;
}

export interface Accounts {
  ers: { user: string; password: string };
  mnt: { user: string; password: string };
  pxgrid: { user: string; password: string };
}

/** Told of what ISE has carried out: what a real one would publish by pxGrid. */
export type OnChange = (change: {
  what: 'apply' | 'clear' | 'session';
  mac: string;
  policyName: string;
  radius: boolean;
}) => void;

/**
 * A stand-in of Cisco ISE: ERS, MnT and pxGrid's control plane over TLS on the loopback, written from Cisco's published
 * contracts and from what public clients send. It is no ISE: Cisco's own client and Cisco's own contracts are held against
 * it in the same tests as our driver. pxGrid's messages come from a real broker behind it.
 */
export class IseStandIn {
  readonly journal: Exchange[] = [];
  /** Changes that reached it: PUT of ERS, and MnT's change of authorization. */
  writes = 0;
  loseNextAnswer = false;
  /** The secret that the WebSocket wants, should it be another than the one that is handed out. */
  wantedSecret: string | null = null;
  refusedUpgrades = 0;
  ers: ErsSettings = {
    body: 'additional-data',
    lists: 'both',
    success: { apply: 204, clear: 204 },
    csrf: false,
    readOnly: false,
    refuse: null,
    ignore: false,
  };
  pxgrid: PxgridSettings = { accountState: 'ENABLED', secret: 'pubsub-secret' };
  onChange: OnChange = () => undefined;
  private server: Server | null = null;
  private port = 0;
  private readonly open = new Set<Socket>();

  constructor(
    readonly state: IseState,
    private readonly identity: TlsIdentity,
    private readonly accounts: Accounts,
    private readonly brokerPort: number | null,
  ) {}

  get origin(): string {
    return `127.0.0.1:${this.port}`;
  }

  async listen(): Promise<this> {
    if (this.server) return this;
    const { key, cert } = this.identity;
    this.server = createServer({ key, cert }, (request, response) => void this.serve(request, response));
    this.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.upgrade(request, socket, head),
    );
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
    for (const socket of this.open) socket.destroy();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const target = request.url ?? '/';
    const { pathname: path, searchParams: query } = new URL(target, 'https://ise.test');
    const method = request.method ?? '';
    const asked = {
      method,
      path,
      query,
      target,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    const changes = (path.startsWith('/ers/') && method === 'PUT') || path.includes('/mnt/CoA/');
    if (changes) this.writes++;
    const answer = this.answer(asked);
    const lost = changes && this.loseNextAnswer;
    if (lost) this.loseNextAnswer = false;
    this.journal.push({ asked, answer: lost ? null : answer });
    if (lost) return;
    const type = answer.body === undefined ? {} : { 'Content-Type': answer.type ?? 'application/json' };
    response.writeHead(answer.status, { ...type, ...answer.headers }).end(answer.body);
  }

  private answer(asked: Asked): Answer {
    const { ers, mnt, pxgrid } = this.accounts;
    const tell = this.onChange;
    if (asked.path.startsWith('/ers/config/')) {
      if (!isAccount(asked, ers)) return { status: 401 };
      return answerErs(this.state, this.ers, asked, (what, mac, policyName, radius) =>
        tell({ what, mac, policyName, radius }),
      );
    }
    if (asked.path.startsWith('/admin/API/mnt/')) {
      if (!isAccount(asked, mnt)) return { status: 401 };
      if (this.ers.ignore && asked.path.includes('/CoA/')) {
        return {
          status: 200,
          type: 'application/xml',
          body: '<remoteCoA requestType="reauth"><results>true</results></remoteCoA>',
        };
      }
      return answerMnt(this.state, asked, (mac) => tell({ what: 'session', mac, policyName: '', radius: true }));
    }
    if (asked.path.startsWith('/pxgrid/control/')) {
      return isAccount(asked, pxgrid) ? answerPxgrid(this.pxgrid, this.origin, asked) : { status: 401 };
    }
    return { status: 404 };
  }

  /** Hands the WebSocket to the broker as it stands, once the upgrade has shown the node's secret. */
  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => undefined);
    const { user } = this.accounts.pxgrid;
    const known = isAccount({ headers: request.headers }, { user, password: this.wantedSecret ?? this.pxgrid.secret });
    if (request.url !== PUBSUB_PATH || !known || this.brokerPort === null) {
      this.refusedUpgrades++;
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const broker = connect(this.brokerPort, '127.0.0.1');
    broker.on('error', () => socket.destroy());
    broker.on('close', () => socket.destroy());
    socket.on('close', () => broker.destroy());
    const pairs = Array.from({ length: request.rawHeaders.length / 2 }, (_, i) =>
      request.rawHeaders.slice(i * 2, i * 2 + 2),
    );
    const lines = pairs.map(([name, value]) => `${name}: ${value}`);
    broker.write(`GET ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    broker.write(head);
    broker.pipe(socket).pipe(broker);
  }
}

function isAccount(
  { headers }: Pick<Asked, 'headers'>,
  { user, password }: { user: string; password: string },
): boolean {
  return headers['authorization'] === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
