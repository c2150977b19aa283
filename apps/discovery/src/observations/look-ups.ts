import type { Answer, Binding as BindingWord } from '#events';
import { BoundedMap } from '../bounded-map.js';
import type { LoggedLookUp } from '../sensors/dnsmasq/query-pairing.js';

/** How long a look-up waits for its packet's record, and for its answer, before it is told as it is. */
export const WAIT_MS = 2000;
/** How long the record of a packet to the resolver is kept for a log line that comes later. */
export const RECORD_KEPT_MS = 5000;
/** The resolver is well if it has answered anybody within so long before a look-up, or since. */
export const WELL_WITHIN_MS = 5000;
export const MAX_WAITING = 20_000;
export const MAX_RECORDS = 50_000;

export interface BoundTo {
  deviceId: string;
  binding: BindingWord;
}

export interface LookUpFact {
  lookUp: LoggedLookUp;
  /** Null: no record showed where its packet entered. Then it is claimed by whoever has the client's address. */
  boundTo: BoundTo | null;
  answer: Answer;
  resolverWell: boolean;
  receivedAt: number;
}

interface Waiting {
  key: string;
  lookUp: LoggedLookUp;
  until: number;
  answer: Answer | null;
  boundTo: BoundTo | null;
}

interface KeptRecord {
  boundTo: BoundTo;
  until: number;
}

/**
 * Joins a resolver's log with the packets that a flow sensor saw enter: a look-up is told once, when its answer and
 * its record are both there, or after 2 s. Either may come first. They are joined by the client's address and port;
 * resolvers' clients send several questions from one port, and each record binds any of them.
 */
export class LookUpBinding {
  private readonly waiting = new BoundedMap<string, Waiting>(MAX_WAITING);
  private readonly waitingByClient = new Map<string, Set<Waiting>>();
  private readonly records = new BoundedMap<string, KeptRecord>(MAX_RECORDS);
  private lastAnswerAt = Number.NEGATIVE_INFINITY;

  get size(): number {
    return this.waiting.size + this.records.size;
  }

  asked(key: string, lookUp: LoggedLookUp): LookUpFact[] {
    const record = this.records.get(clientKey(lookUp.client, lookUp.port));
    const boundTo = record && record.until > lookUp.receivedAt ? record.boundTo : null;
    const waiting: Waiting = { key, lookUp, until: lookUp.receivedAt + WAIT_MS, answer: lookUp.answer, boundTo };
    const evicted = this.waiting.set(key, waiting);
    if (evicted) this.forgetClient(evicted);
    const client = clientKey(lookUp.client, lookUp.port);
    const others = this.waitingByClient.get(client);
    if (others) others.add(waiting);
    else this.waitingByClient.set(client, new Set([waiting]));
    return evicted ? [this.fact(evicted, lookUp.receivedAt)] : [];
  }

  answered(key: string, answer: Answer, now: number): LookUpFact[] {
    if (answer !== 'servfail') this.lastAnswerAt = Math.max(this.lastAnswerAt, now);
    const waiting = this.waiting.get(key);
    if (!waiting) return [];
    waiting.answer = answer;
    return this.tellIfWhole(waiting, now);
  }

  /** A packet to the resolver from this address and port entered where `boundTo` says. */
  recorded(client: string, port: number, boundTo: BoundTo, now: number): LookUpFact[] {
    const key = clientKey(client, port);
    this.records.set(key, { boundTo, until: now + RECORD_KEPT_MS });
    const facts: LookUpFact[] = [];
    for (const waiting of [...(this.waitingByClient.get(key) ?? [])]) {
      waiting.boundTo ??= boundTo;
      facts.push(...this.tellIfWhole(waiting, now));
    }
    return facts;
  }

  tick(now: number): LookUpFact[] {
    this.records.takeWhile(({ until }) => until <= now);
    const over = this.waiting.takeWhile(({ until }) => until <= now);
    for (const waiting of over) this.forgetClient(waiting);
    return over.map((waiting) => this.fact(waiting, now));
  }

  private tellIfWhole(waiting: Waiting, now: number): LookUpFact[] {
    if (waiting.answer === null || waiting.boundTo === null) return [];
    this.waiting.delete(waiting.key);
    this.forgetClient(waiting);
    return [this.fact(waiting, now)];
  }

  private fact({ lookUp, boundTo, answer }: Waiting, now: number): LookUpFact {
    const resolverWell = this.lastAnswerAt >= lookUp.receivedAt - WELL_WITHIN_MS;
    return { lookUp, boundTo, answer: answer ?? 'silent', resolverWell, receivedAt: now };
  }

  private forgetClient(waiting: Waiting): void {
    const client = clientKey(waiting.lookUp.client, waiting.lookUp.port);
    const others = this.waitingByClient.get(client);
    others?.delete(waiting);
    if (others?.size === 0) this.waitingByClient.delete(client);
  }
}

function clientKey(client: string, port: number): string {
  return `${client}|${port}`;
}
