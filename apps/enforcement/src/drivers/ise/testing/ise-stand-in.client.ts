import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { HttpsPeer, type PeerAnswer, type PeerRequest } from '../../http/testing/https-peer.client.js';
import type { TlsIdentity } from '../../http/testing/tls-identity.client.js';
import { answerErs, type ErsSettings } from './ers-routes.js';
import type { IseState } from './ise-state.js';
import { answerMnt, xml } from './mnt-routes.js';
import { PUBSUB_PATH, answerPxgrid, type PxgridSettings } from './pxgrid-routes.js';

/** One request and what the stand-in answered; null: nothing, on purpose. */
export interface Exchange {
  asked: PeerRequest;
  answer: PeerAnswer | null;
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
  private readonly peer: HttpsPeer;

  constructor(
    readonly state: IseState,
    identity: TlsIdentity,
    private readonly accounts: Accounts,
    private readonly brokerPort: number | null,
  ) {
    this.peer = new HttpsPeer(
      identity,
      async (asked) => this.exchange(asked),
      (request, socket, head) => this.upgrade(request, socket, head),
    );
  }

  get origin(): string {
    return new URL(this.peer.url).host;
  }

  async listen(): Promise<this> {
    await this.peer.listen();
    return this;
  }

  /** From now on connections are refused, and open ones end. */
  close(): Promise<void> {
    return this.peer.close();
  }

  private exchange(asked: PeerRequest): PeerAnswer | 'silent' {
    const changes = (asked.path.startsWith('/ers/') && asked.method === 'PUT') || asked.path.includes('/mnt/CoA/');
    if (changes) this.writes++;
    const answer = this.answer(asked);
    const lost = changes && this.loseNextAnswer;
    if (lost) this.loseNextAnswer = false;
    this.journal.push({ asked, answer: lost ? null : answer });
    return lost ? 'silent' : answer;
  }

  private answer(asked: PeerRequest): PeerAnswer {
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
        return xml('<remoteCoA requestType="reauth"><results>true</results></remoteCoA>');
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
  { headers }: Pick<PeerRequest, 'headers'>,
  { user, password }: { user: string; password: string },
): boolean {
  return headers['authorization'] === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
