import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { authenticatorOf } from '../wire/authenticator.js';
import { encodeNamed } from '../wire/dictionary.js';
import { CODE, encodePacket, HEADER } from '../wire/packet.js';

type Fault = 'none' | 'lose-answers' | 'refuse' | 'ignore';

/** The request with 501: administratively prohibited. */
const PROHIBITED = 501;

/** Stands between a driver and its NAS, on the loopback: passes datagrams on, and can be cut, lose, refuse or pretend. */
export class FaultRelay {
  static async open(target: number, secret: string): Promise<FaultRelay> {
    const relay = new FaultRelay(target, Buffer.from(secret));
    await relay.heal();
    return relay;
  }

  port = 0;
  private fault: Fault = 'none';
  private inner: Socket | null = null;
  private readonly ways = new Map<number, Socket>();
  private readonly seen = new Set<string>();

  private constructor(
    private readonly target: number,
    private readonly secret: Buffer,
  ) {}

  /** How many different requests have come; `except`: those that have these octets are not counted. */
  writes(except: string): number {
    return [...this.seen].filter((text) => !Buffer.from(text, 'latin1').includes(except)).length;
  }

  /** Nobody listens any more. */
  async cut(): Promise<void> {
    const closed = this.inner && once(this.inner, 'close');
    this.inner?.close();
    this.inner = null;
    await closed;
  }

  async heal(): Promise<void> {
    this.fault = 'none';
    if (this.inner) return;
    this.inner = createSocket('udp4', (datagram, { port }) => this.pass(datagram, port));
    this.inner.bind(this.port, '127.0.0.1');
    await once(this.inner, 'listening');
    this.port = this.inner.address().port;
  }

  set(fault: Fault): void {
    this.fault = fault;
  }

  async close(): Promise<void> {
    await this.cut();
    for (const way of this.ways.values()) way.close();
    this.ways.clear();
  }

  private pass(datagram: Buffer, client: number): void {
    this.seen.add(datagram.toString('latin1'));
    if (this.fault === 'refuse') return this.answer(datagram, client, 2);
    if (this.fault === 'ignore') return this.answer(datagram, client, 1);
    const way = this.ways.get(client) ?? this.newWay(client);
    way.send(datagram, this.target, '127.0.0.1');
  }

  private newWay(client: number): Socket {
    const way = createSocket('udp4', (reply) => {
      if (this.fault !== 'lose-answers') this.inner?.send(reply, client, '127.0.0.1');
    });
    this.ways.set(client, way);
    return way;
  }

  /** `offset`: the answer's code beside the request's. */
  private answer(request: Buffer, client: number, offset: 1 | 2): void {
    const code = request[0]! + offset;
    const refused = code === CODE.coaNak || code === CODE.disconnectNak;
    const attributes = refused ? [encodeNamed(['Error-Cause', PROHIBITED])] : [];
    const reply = encodePacket({ code, identifier: request[1]!, authenticator: Buffer.alloc(16), attributes });
    authenticatorOf(reply, request.subarray(4, HEADER), this.secret).copy(reply, 4);
    this.inner?.send(reply, client, '127.0.0.1');
  }
}
