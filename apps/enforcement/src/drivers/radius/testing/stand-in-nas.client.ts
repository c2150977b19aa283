import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { SessionReading } from '#driver';
import type { Attribute } from '../wire/attribute.js';
import { vendorAttributes } from '../wire/attribute.js';
import {
  authenticatorOf,
  messageAuthenticator,
  messageAuthenticatorAt,
  requestAuthenticator,
} from '../wire/authenticator.js';
import { encodeNamed, valueIn } from '../wire/dictionary.js';
import { SESSION_NOT_FOUND } from '../wire/error-cause.js';
import { CODE, decodePacket, encodePacket, HEADER, type Packet } from '../wire/packet.js';
import { requestMessageAuthenticator } from '../wire/authenticator.js';

/** How the stand-in behaves towards requests that are well. */
export type Habit =
  | { kind: 'does' }
  | { kind: 'refuses'; cause: number }
  | { kind: 'is-silent' }
  | { kind: 'does-silently' }
  | { kind: 'acknowledges-only' }
  | { kind: 'does-late'; ms: number }
  | { kind: 'answers-twice' }
  /** Signs with another secret, or answers with what another request was answered. */
  | { kind: 'answers-unsigned' }
  | { kind: 'answers-stale' }
  | { kind: 'signs-over-zeros' };

export type Demand = 'Event-Timestamp' | 'NAS-Port' | 'Message-Authenticator' | 'User-Name';

export interface StandInSession {
  id: string;
  vlan: number;
  role: string | null;
  port: string;
  startedAt: Date;
}

const MISSING_ATTRIBUTE = 402;
const WINDOW_S = 300;

/**
 * A STAND-IN for a switch: ours, and none that was measured. It keeps sessions, takes Disconnect and CoA by MAC and
 * session id, and has each of the bad habits that switches were seen to have. After a Disconnect, or a command to
 * authenticate again, the device is back at once with what `assigned` says.
 */
export class StandInNas {
  static async open(secret: string): Promise<StandInNas> {
    const nas = new StandInNas(Buffer.from(secret));
    nas.socket.bind(0, '127.0.0.1');
    await once(nas.socket, 'listening');
    return nas;
  }

  habit: Habit = { kind: 'does' };
  /** null: of any; otherwise habits that last for this many requests. */
  readonly demands = new Set<Demand>();
  /** What its RADIUS server says of a MAC; none: its home VLAN. */
  readonly assigned = new Map<string, { vlan: number; role: string | null }>();
  readonly sessions = new Map<string, StandInSession>();
  /** Every datagram that came, with the port that it came from. */
  readonly heard: { datagram: Buffer; from: number }[] = [];
  homeVlan = 10;
  /** How a device comes back that was cut off; by itself at once. */
  comesBack: (mac: string, port: string) => void = (mac, port) => this.connect(mac, port);
  private readonly socket: Socket;
  private numbers = 0;
  private stale: Buffer | null = null;

  private constructor(private readonly secret: Buffer) {
    this.socket = createSocket('udp4', (datagram, { port }) => this.hear(datagram, port));
  }

  get port(): number {
    return this.socket.address().port;
  }

  connect(mac: string, port: string): void {
    const { vlan, role } = this.assigned.get(mac) ?? { vlan: this.homeVlan, role: null };
    this.sessions.set(mac, { id: `S${++this.numbers}`, vlan, role, port, startedAt: new Date() });
  }

  /** As after a power cut: every device comes back, and what a CoA had changed is forgotten. */
  reboot(): void {
    for (const [mac, { port }] of [...this.sessions]) this.connect(mac, port);
  }

  reading(mac: string, isolatedIn: readonly number[]): SessionReading[] {
    const session = this.sessions.get(mac);
    if (!session) return [];
    const { id: sessionId, vlan, role: policy, port, startedAt } = session;
    const known = { mac, sessionId, switch: null, port, vlan, policy, startedAt };
    return [{ ...known, state: 'authorized', authorizedBy: 'server', isolated: isolatedIn.includes(vlan) }];
  }

  async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  private hear(datagram: Buffer, from: number): void {
    this.heard.push({ datagram, from });
    const request = decodePacket(datagram);
    if (!request || !this.isSigned(datagram, request)) return;
    const cause = this.refusal(request);
    if (this.habit.kind === 'is-silent') return;
    if (this.habit.kind === 'refuses') return this.answer(datagram, from, this.habit.cause);
    if (cause !== null) return this.answer(datagram, from, cause);
    this.carryOut(request, datagram, from);
  }

  private carryOut(request: Packet, datagram: Buffer, from: number): void {
    const { kind } = this.habit;
    if (this.habit.kind === 'does-late') setTimeout(() => this.apply(request), this.habit.ms);
    else if (kind !== 'acknowledges-only') this.apply(request);
    if (kind !== 'does-silently') this.answer(datagram, from, null);
    if (kind === 'answers-twice') this.answer(datagram, from, null);
  }

  private isSigned(datagram: Buffer, { attributes }: Packet): boolean {
    if (!requestAuthenticator(datagram, this.secret).equals(datagram.subarray(4, HEADER))) return false;
    const at = messageAuthenticatorAt(datagram);
    if (at === null) {
      if (this.demands.has('Message-Authenticator')) return false;
    } else if (
      at === 'bad' ||
      !requestMessageAuthenticator(datagram, at, this.secret).equals(datagram.subarray(at, at + 16))
    ) {
      return false;
    }
    const stamp = valueIn(attributes, 'Event-Timestamp')?.readUInt32BE();
    if (stamp === undefined) return !this.demands.has('Event-Timestamp');
    return Math.abs(Date.now() / 1000 - stamp) <= WINDOW_S;
  }

  /** The Error-Cause of a request that does not fit; null: it does. */
  private refusal({ attributes }: Packet): number | null {
    for (const name of ['NAS-Port', 'User-Name'] as const) {
      if (this.demands.has(name) && !valueIn(attributes, name)) return MISSING_ATTRIBUTE;
    }
    const session = this.sessions.get(macOf(attributes) ?? '');
    const id = valueIn(attributes, 'Acct-Session-Id')?.toString();
    return !session || (id !== undefined && id !== session.id) ? SESSION_NOT_FOUND : null;
  }

  private apply({ code, attributes }: Packet): void {
    const mac = macOf(attributes) ?? '';
    const session = this.sessions.get(mac);
    if (!session) return;
    const vlan = valueIn(attributes, 'Tunnel-Private-Group-Id')?.toString();
    const role = vendorAttributes(attributes)
      .find(({ vendor, type }) => vendor === 14823 && type === 1)
      ?.value.toString();
    if (code === CODE.coaRequest && (vlan !== undefined || role !== undefined)) {
      this.sessions.set(mac, {
        ...session,
        vlan: vlan === undefined ? session.vlan : Number(vlan),
        role: role ?? session.role,
      });
      return;
    }
    this.comesBack(mac, session.port);
  }

  private answer(request: Buffer, to: number, cause: number | null): void {
    const { kind } = this.habit;
    if (kind === 'answers-stale' && this.stale) {
      this.stale[1] = request[1]!;
      return this.send(this.stale, to);
    }
    const code = request[0]! + (cause === null ? 1 : 2);
    const told: Attribute[] = cause === null ? [] : [encodeNamed(['Error-Cause', cause])];
    const attributes = [...told, { type: 80, value: Buffer.alloc(16) }];
    const authenticator = request.subarray(4, HEADER);
    const reply = encodePacket({ code, identifier: request[1]!, authenticator, attributes });
    const over = kind === 'signs-over-zeros' ? Buffer.alloc(16) : authenticator;
    const at = reply.length - 16;
    messageAuthenticator(reply, over, at, this.secret).copy(reply, at);
    const secret = kind === 'answers-unsigned' ? Buffer.from('another') : this.secret;
    authenticatorOf(reply, authenticator, secret).copy(reply, 4);
    this.stale = reply;
    this.send(reply, to);
  }

  private send(reply: Buffer, to: number): void {
    this.socket.send(reply, to, '127.0.0.1');
  }
}

function macOf(attributes: readonly Attribute[]): string | undefined {
  const text = valueIn(attributes, 'Calling-Station-Id')?.toString().toLowerCase();
  return text
    ?.replace(/[^0-9a-f]/g, '')
    .match(/../g)
    ?.join(':');
}
