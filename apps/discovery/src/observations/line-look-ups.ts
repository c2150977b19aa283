import type { Answer } from '#events';
import { BoundedMap } from '../bounded-map.js';
import type { AnswerFact, NameFact, Told } from '../sensors/follow/line-fact.js';
import { MAX_WAITING, WAIT_MS } from './look-ups.js';

export interface ToldLookUp {
  told: Told<NameFact>;
  answer: Answer;
  resolverWell: boolean;
}

type Waiting = { told: Told<NameFact>; key: string; answer: Answer | null; until: number };

/** The resolver is well if it has answered anybody so many seconds before a look-up or after it. */
const WELL_WITHIN_S = 5;
const MAX_SECONDS = 65_536;

/**
 * Look-ups out of the lines of one sensor that sees the wire. Each is told once, after 2 s: by then its answer is
 * there, if it has one, and the flow record that shows where it entered. Times are the sensor's, so that lines that
 * are read late are judged as those that are read at once.
 */
export class LineLookUps {
  private readonly waiting = new BoundedMap<string, Waiting>(MAX_WAITING);
  private readonly answeredIn = new BoundedMap<string, true>(MAX_SECONDS);

  get size(): number {
    return this.waiting.size + this.answeredIn.size;
  }

  asked(told: Told<NameFact>): ToldLookUp[] {
    const { fact, observationId, receivedAt } = told;
    const { answer, serverAddress, at } = fact;
    if (answer !== null && answer !== 'silent') this.heardOf(serverAddress, answer, at);
    const key = fact.key ?? observationId;
    // The same line twice, or a transaction's number used again before it was told: the first stands.
    if (this.waiting.has(key)) return [];
    const evicted = this.waiting.set(key, { told, key, answer, until: receivedAt + WAIT_MS });
    return evicted ? [this.lookUp(evicted)] : [];
  }

  answered({ key, serverAddress, answer, at }: AnswerFact): void {
    this.heardOf(serverAddress, answer, at);
    const waiting = this.waiting.get(key);
    if (waiting && waiting.told.fact.serverAddress === serverAddress) waiting.answer ??= answer;
  }

  tick(now: number): ToldLookUp[] {
    return this.waiting.takeWhile(({ until }) => until <= now).map((waiting) => this.lookUp(waiting));
  }

  private heardOf(resolver: string, answer: Answer, at: number): void {
    if (answer === 'servfail') return;
    const second = `${resolver}|${Math.floor(at / 1000)}`;
    if (!this.answeredIn.has(second)) this.answeredIn.set(second, true);
  }

  private lookUp({ told, answer }: Waiting): ToldLookUp {
    const { serverAddress, at } = told.fact;
    return { told, answer: answer ?? 'silent', resolverWell: this.wasWell(serverAddress, at) };
  }

  private wasWell(resolver: string, at: number): boolean {
    const second = Math.floor(at / 1000);
    for (let off = -WELL_WITHIN_S; off <= WELL_WITHIN_S; off += 1)
      if (this.answeredIn.has(`${resolver}|${second + off}`)) return true;
    return false;
  }
}
