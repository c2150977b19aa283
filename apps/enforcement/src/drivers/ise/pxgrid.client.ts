import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type IMessage } from '@stomp/stompjs';
import WebSocket from 'ws';
import type { Logger } from '#observability';
import { DriverError } from '#driver';
import { PENDING_MS, backOffMs } from './back-off.js';
import type { IsePoint } from './config.js';
import { PxgridControlClient, type Subscription } from './pxgrid-control.client.js';
import { parseAncStatus, parseSessionMessage, type AncStatus, type SessionChange } from './wire/pxgrid.js';

const HEARTBEAT_MS = 10_000;
/** Sessions come in messages of some kilobytes; a whole directory in one is not what we subscribe to. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/** Whoever follows. A message may be lost while nothing is connected: `connected` asks for a read, `lost` for doubt. */
export interface PxgridListener {
  connected(): void;
  lost(): void;
  anc(status: AncStatus): void;
  sessions(changes: SessionChange[]): void;
}

export type PxgridState = 'connecting' | 'pending' | 'connected' | 'lost';

/**
 * Follows pxGrid's topics: control plane, then STOMP 1.2 over a WebSocket without a subprotocol, in binary frames, with
 * `nodeName:secret` in the upgrade. Each connection asks the control plane anew, since nodes and secrets change.
 */
export class PxgridClient {
  private readonly control: PxgridControlClient;
  private readonly stopped = new AbortController();
  private readonly ended: Promise<void>;
  state: PxgridState = 'connecting';

  constructor(
    private readonly point: IsePoint,
    private readonly account: NonNullable<IsePoint['pxgrid']>,
    private readonly listener: PxgridListener,
    private readonly logger?: Pick<Logger, 'warn' | 'info'>,
  ) {
    this.control = new PxgridControlClient(point, account);
    this.ended = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.ended;
    await this.control.close();
  }

  private async run(): Promise<void> {
    for (let failures = 0, turn = 0; !this.stopped.signal.aborted; turn++) {
      const outcome = await this.followOnce(turn).catch((error: unknown) => this.failed(error));
      failures = outcome === 'followed' ? 0 : failures + 1;
      const pause = outcome === 'pending' ? PENDING_MS : backOffMs(failures, Math.random());
      await sleep(pause, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  /** `turn` picks another node each time, where several publish. */
  private async followOnce(turn: number): Promise<'followed' | 'pending'> {
    const accountState = await this.control.activate();
    if (accountState !== 'ENABLED') {
      this.logger?.info({ pointId: this.point.id, accountState }, 'pxgrid account is not enabled');
      this.state = 'pending';
      return 'pending';
    }
    const subscriptions = await this.control.subscriptions();
    await this.follow(subscriptions[turn % subscriptions.length]!);
    return 'followed';
  }

  /** Resolves when a connection that worked has ended; rejects when there was none. */
  private async follow(subscription: Subscription): Promise<void> {
    const ca = this.point.caFile === null ? undefined : await readFile(this.point.caFile);
    const client = this.clientOf(subscription, ca);
    const stop = (): void => void client.deactivate();
    this.stopped.signal.addEventListener('abort', stop);
    try {
      await this.untilClosed(client, subscription);
    } finally {
      this.stopped.signal.removeEventListener('abort', stop);
      await client.deactivate();
    }
  }

  private untilClosed(client: Client, { topics }: Subscription): Promise<void> {
    return new Promise((resolve, reject) => {
      let connected = false;
      const fail = (what: string): void => reject(new DriverError('unreachable', `pxGrid ${what}`));
      client.onConnect = () => {
        connected = true;
        if (topics.anc !== null) client.subscribe(topics.anc, (message) => this.onAnc(message));
        if (topics.session !== null) client.subscribe(topics.session, (message) => this.onSessions(message));
        this.state = 'connected';
        this.listener.connected();
      };
      client.onStompError = ({ headers }) =>
        fail(`refused the subscription: ${(headers['message'] ?? '').slice(0, 200)}`);
      client.onWebSocketError = () => connected || fail('does not accept the connection for messages');
      client.onWebSocketClose = () => {
        if (!connected) return fail('closed the connection for messages');
        this.state = 'lost';
        this.listener.lost();
        resolve();
      };
      if (this.stopped.signal.aborted) return resolve();
      client.activate();
    });
  }

  private clientOf({ url, host, secret }: Subscription, ca: Buffer | undefined): Client {
    const authorization = `Basic ${Buffer.from(`${this.account.nodeName}:${secret}`).toString('base64')}`;
    const options: WebSocket.ClientOptions = {
      headers: { Authorization: authorization },
      handshakeTimeout: this.point.timeoutMs,
      maxPayload: LARGEST_BYTES,
      ...(ca === undefined ? {} : { ca }),
    };
    return new Client({
      webSocketFactory: () => new WebSocket(url, [], options),
      connectHeaders: { host },
      connectionTimeout: this.point.timeoutMs,
      forceBinaryWSFrames: true,
      heartbeatIncoming: HEARTBEAT_MS,
      heartbeatOutgoing: HEARTBEAT_MS,
      reconnectDelay: 0,
    });
  }

  private onAnc(message: IMessage): void {
    const status = parseAncStatus(message.body);
    if (status !== null) this.listener.anc(status);
  }

  private onSessions(message: IMessage): void {
    const changes = parseSessionMessage(message.body);
    if (changes.length > 0) this.listener.sessions(changes);
  }

  private failed(error: unknown): 'failed' {
    if (this.stopped.signal.aborted) return 'failed';
    if (this.state !== 'lost') this.logger?.warn({ pointId: this.point.id, err: error }, 'pxgrid can not be followed');
    this.state = 'lost';
    return 'failed';
  }
}
