import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { DriverError } from '#driver';
import type { Attribute } from './wire/attribute.js';
import { type CODE, type Packet } from './wire/packet.js';
import { signRequest, verifyReply, type NotHeard, type Signature } from './wire/signed.js';

/** Identifiers of one source port (RFC 2865 section 3). */
const IDENTIFIERS = 256;

export interface Question {
  code: typeof CODE.disconnectRequest | typeof CODE.coaRequest;
  attributes: readonly Attribute[];
  messageAuthenticator: boolean;
  secret: Buffer;
  /** How long the first sending waits for an answer, and how often it is sent in all. */
  firstMs: number;
  sendings: number;
  /** Asked before each further sending: a session that is another by now must not be hit. */
  isOver?: (() => Promise<boolean>) | undefined;
}

/** `over`: there was no answer, and there is no need of one any more. */
export type Outcome =
  { kind: 'answered'; packet: Packet; signature: Signature; sent: number } | { kind: 'over'; sent: number };

/** What came back for a request and did not verify, by reason. It may tell a wrong secret. */
export type Unheard = Partial<Record<NotHeard, number>>;

/** Nobody answered. `unheard`: something came that only another secret could have signed. */
export class NoAnswer extends DriverError {
  constructor(
    message: string,
    readonly sent: number,
    readonly unheard: Unheard,
  ) {
    super('no-answer', message);
  }

  /** How many answers came that our secret has not signed. */
  get strangers(): number {
    return Object.values(this.unheard).reduce((sum, count) => sum + count, 0);
  }
}

interface Pending {
  request: Buffer;
  question: Question;
  sent: number;
  unheard: Unheard;
  timer: NodeJS.Timeout | undefined;
  settle: (result: Outcome | Error) => void;
}

/**
 * One local port to one NAS, for as long as it has identifiers: each is used once, so a late or stale answer meets no
 * other request. A request that is sent again is the same datagram: same identifier, authenticator, Event-Timestamp and
 * source port (RFC 5176 sections 2.3 and 6.3).
 */
export class Exchange {
  static async open(host: string, port: number, from: string | null): Promise<Exchange> {
    const socket = createSocket(isIPv6(host) || (from !== null && isIPv6(from)) ? 'udp6' : 'udp4');
    try {
      socket.bind(0, from ?? undefined);
      await once(socket, 'listening');
      // A connected socket hears this NAS alone, and hears of a closed port.
      socket.connect(port, host);
      await once(socket, 'connect');
    } catch (error) {
      socket.close();
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new DriverError('unreachable', `can't send to ${host} port ${port}: ${code}`);
    }
    return new Exchange(socket, `${host} port ${port}`);
  }

  private next = 0;
  private readonly pending = new Map<number, Pending>();
  private retired = false;
  private closed = false;
  private readonly onSent = (error: NodeJS.ErrnoException | null): void => {
    if (error) this.refused(error.code ?? 'unknown');
  };

  private constructor(
    private readonly socket: Socket,
    private readonly whom: string,
  ) {
    socket.on('message', (datagram) => this.hear(datagram));
    socket.on('error', (error: NodeJS.ErrnoException) => this.refused(error.code ?? 'unknown'));
  }

  get isUsedUp(): boolean {
    return this.next >= IDENTIFIERS;
  }

  ask(question: Question): Promise<Outcome> {
    const identifier = this.next++;
    const { code, attributes, messageAuthenticator } = question;
    const request = signRequest({ code, identifier, attributes, messageAuthenticator }, question.secret);
    return new Promise((resolve, reject) => {
      const settle = (result: Outcome | Error): void => {
        this.forget(identifier);
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      const pending: Pending = { request, question, sent: 0, unheard: {}, timer: undefined, settle };
      this.pending.set(identifier, pending);
      this.send(pending);
    });
  }

  /** Closes when its last request has ended. */
  retire(): void {
    this.retired = true;
    this.closeIfDone();
  }

  /** `listener` hears when the port is given back. */
  onClosed(listener: () => void): void {
    this.socket.once('close', listener);
  }

  /** Requests that are under way end without an answer. */
  abandon(): void {
    for (const { settle, sent, unheard } of [...this.pending.values()]) {
      settle(new NoAnswer(`${this.whom} was not waited for any longer`, sent, unheard));
    }
    this.retire();
  }

  private send(pending: Pending): void {
    pending.sent++;
    this.socket.send(pending.request, this.onSent);
    // Doubled each time and spread by a tenth (RFC 5080 section 2.2.1), so that many devices' requests do not keep step.
    const wait = pending.question.firstMs * 2 ** (pending.sent - 1) * (0.9 + Math.random() * 0.2);
    pending.timer = setTimeout(() => void this.again(pending), wait);
  }

  private async again(pending: Pending): Promise<void> {
    const { question, settle, sent, unheard } = pending;
    if (sent >= question.sendings) return settle(this.silence(sent, unheard));
    // Who can't tell does not stop us: the same datagram is harmless to whoever has heard it.
    const over = (await question.isOver?.().catch(() => false)) ?? false;
    if (this.pending.get(pending.request[1]!) !== pending) return;
    if (over) return settle({ kind: 'over', sent });
    this.send(pending);
  }

  private silence(sent: number, unheard: Unheard): NoAnswer {
    const times = sent === 1 ? 'once' : `${sent} times`;
    const reasons = Object.entries(unheard).map(([reason, count]) => `${count} by ${reason}`);
    const came = reasons.length === 0 ? '' : `; answers came that did not verify (${reasons.join(', ')})`;
    return new NoAnswer(`${this.whom} did not answer a request that was sent ${times}${came}`, sent, unheard);
  }

  private hear(datagram: Buffer): void {
    const pending = this.pending.get(datagram[1] ?? -1);
    if (!pending) return;
    const verified = verifyReply(datagram, pending.request, pending.question.secret);
    if (!verified.ok) {
      pending.unheard[verified.reason] = (pending.unheard[verified.reason] ?? 0) + 1;
      return;
    }
    const { packet, signature } = verified;
    const [ack, nak] = [pending.question.code + 1, pending.question.code + 2];
    if (packet.code !== ack && packet.code !== nak) return;
    pending.settle({ kind: 'answered', packet, signature, sent: pending.sent });
  }

  /** Nobody listens there: what was sent once has reached nobody. What was sent before may have. */
  private refused(code: string): void {
    for (const pending of [...this.pending.values()]) {
      if (pending.sent > 1) continue;
      pending.settle(new DriverError('unreachable', `nobody listens at ${this.whom}: ${code}`));
    }
  }

  private forget(identifier: number): void {
    clearTimeout(this.pending.get(identifier)?.timer);
    this.pending.delete(identifier);
    this.closeIfDone();
  }

  private closeIfDone(): void {
    if (!this.retired || this.closed || this.pending.size > 0) return;
    this.closed = true;
    this.socket.close();
  }
}
