import type { SessionReading } from '#driver';
import type { Accounting, NasName, Question } from './wire/form.js';

/** A live session, as its switch has told it. Times are epoch milliseconds. */
export interface Session extends NasName {
  mac: string;
  sessionId: string;
  port: string | null;
  vlan: number | null;
  /** Our label of what its Accept carried; null: nothing of ours. */
  policy: string | null;
  authorizedBy: SessionReading['authorizedBy'];
  startedAt: number;
  seenAt: number;
}

/** What the last answer for a device at a switch carried. */
interface Told {
  policy: string | null;
  vlan: number | null;
  session: string | null;
  at: number;
}

/** More devices than a site has, and more sessions than a device has; the oldest goes first. */
const MOST = 100_000;
const MOST_OF_ONE = 16;
/** A Start that comes later than its Stop, since it was sent again, begins nothing. */
const ENDED_MS = 600_000;
/** From an Accept to the Start of its session. */
const START_MS = 120_000;

/**
 * The live sessions, from what switches account and what they were answered. Pure but for its own state; the clock is an
 * argument. `known` is what an earlier run has left.
 */
export class Sessions {
  /** By MAC. */
  private readonly live = new Map<string, Session[]>();
  private readonly told = new Map<string, Told>();
  private readonly ended = new Map<string, number>();

  constructor(known: readonly Session[] = []) {
    for (const session of known) this.put(session);
  }

  all(): Session[] {
    return [...this.live.values()].flat();
  }

  of(mac: string): readonly Session[] {
    return this.live.get(mac) ?? [];
  }

  /** An Accept goes out with this policy. A session that goes on (a re-authentication) carries it from now on. */
  answered(question: Question, policy: string | null, vlan: number | null, now: number): boolean {
    const { mac, session, port } = question;
    if (mac === null) return false;
    keep(this.told, `${mac} ${nasOf(question)}`, { policy, vlan, session, at: now });
    const goesOn = this.of(mac)
      .filter((one) => sameNas(one, question))
      .filter((one) => (session === null ? one.port === port : one.sessionId === session));
    for (const one of goesOn) Object.assign(one, { policy, vlan, authorizedBy: 'server', seenAt: now });
    return goesOn.length > 0;
  }

  /** Says whether it has changed what is known of a device. */
  accounted(record: Accounting, now: number): boolean {
    const { status, mac, session } = record;
    if (status === 'restart') return this.drop((one) => sameNas(one, record));
    if (mac === null || session === null) return false;
    const key = keyOf(record, session);
    const held = this.of(mac).find((one) => keyOf(one, one.sessionId) === key);
    if (status === 'stop') {
      keep(this.ended, key, now);
      return this.dropOf(mac, (one) => one === held);
    }
    if (!held && now - (this.ended.get(key) ?? -Infinity) < ENDED_MS) return false;
    const next = held ? { ...held, ...this.newer(held, record), seenAt: now } : this.begun(record, mac, session, now);
    // One device has one session at one port, or at one switch that does not tell ports: an older one's Stop was lost.
    const isPast = (one: Session): boolean =>
      one.port === next.port && sameNas(one, record) && (next.port !== null || one.startedAt < next.startedAt);
    this.dropOf(mac, (one) => one === held || isPast(one));
    this.put(next);
    return !held || held.policy !== next.policy;
  }

  /** Ends what has not been heard of for three intervals. */
  expire(interimSeconds: number | null, now: number): boolean {
    if (interimSeconds === null) return false;
    return this.drop(({ seenAt }) => now - seenAt > interimSeconds * 3000);
  }

  private begun(record: Accounting, mac: string, sessionId: string, now: number): Session {
    const { nasAddress, nasIdentifier, port, age, isLocal, policy } = record;
    const startedAt = now - age * 1000;
    const told = this.toldOf(record, mac, sessionId);
    const answer = told && told.at >= startedAt - START_MS ? told : null;
    const authorizedBy = answer || policy !== null ? 'server' : isLocal ? 'critical' : 'unknown';
    return {
      mac,
      sessionId,
      nasAddress,
      nasIdentifier,
      port,
      vlan: answer?.vlan ?? null,
      policy: answer ? answer.policy : policy,
      authorizedBy,
      startedAt,
      seenAt: now,
    };
  }

  /** The last answer is newer than what the switch gives back of an earlier one; without it, the switch is believed. */
  private newer(held: Session, record: Accounting): Pick<Session, 'policy' | 'port'> {
    const told = this.toldOf(record, held.mac, held.sessionId);
    return { policy: told ? held.policy : (record.policy ?? held.policy), port: record.port ?? held.port };
  }

  private toldOf(nas: NasName, mac: string, sessionId: string): Told | null {
    const told = this.told.get(`${mac} ${nasOf(nas)}`);
    return told && (told.session === null || told.session === sessionId) ? told : null;
  }

  private put(session: Session): void {
    keep(this.live, session.mac, [...this.of(session.mac), session].slice(-MOST_OF_ONE));
  }

  private drop(goes: (session: Session) => boolean): boolean {
    return [...this.live.keys()].map((mac) => this.dropOf(mac, goes)).some((dropped) => dropped);
  }

  private dropOf(mac: string, goes: (session: Session) => boolean): boolean {
    const held = this.of(mac);
    const stay = held.filter((session) => !goes(session));
    if (stay.length === 0) this.live.delete(mac);
    else if (stay.length < held.length) this.live.set(mac, stay);
    return stay.length < held.length;
  }
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > MOST ? map.keys().next() : null;
  if (oldest && !oldest.done) map.delete(oldest.value);
}

function nasOf({ nasAddress, nasIdentifier }: NasName): string {
  return nasAddress ?? nasIdentifier ?? 'unnamed';
}

function sameNas(a: NasName, b: NasName): boolean {
  return nasOf(a) === nasOf(b);
}

function keyOf(nas: NasName, sessionId: string): string {
  return `${nasOf(nas)} ${sessionId}`;
}
