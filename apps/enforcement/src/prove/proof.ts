import type { Conversation } from '#events';
import type { Permit } from '../wanted/wanted.js';
import { asksSomebody, attemptFailed, isAnswered, isForbidden, permitOf } from './conversations.js';

/**
 * What observers have shown of one interface since it was acknowledged. All times are the observers' own, in ms, but for
 * `since`. The facts only grow by records; `judge` says what they prove.
 */
export interface ProofFacts {
  purpose: 'isolate' | 'release';
  /** When the point's state was read back as planned, by our clock: only records that start later count. */
  since: number;
  /** The first denied frame since acknowledged, or since the last breach. */
  denied: { at: number; sensorId: string } | null;
  deniedFrames: number;
  /** The last frame seen beyond our rule (for a release: the last one still denied). */
  breach: { at: number; sensorId: string; what: string } | null;
  /** The last time that a permitted conversation had moved frames both ways. */
  moved: { at: number; sensorId: string } | null;
  /** The device has tried something permitted (for a release: anything that somebody should answer). */
  demand: boolean;
  /** Permitted flows of which one direction was seen so far. */
  halves: Record<string, { asked: boolean; answered: boolean }>;
  /** Up to when each observer has reported with its records: they come sooner than its reports about itself. */
  observed: Record<string, number>;
  /** Failed permitted attempts by flow, since the flow was last answered. */
  failures: Record<string, number[]>;
}

/** Conversations of one interface by one observer. */
export interface Records {
  sensorId: string;
  /** How far the observer's clock may be from ours, in ms, either way. */
  clockOffsetMs: number;
  /** Up to when the observer has reported everything, by its own clock. */
  observedUntil: Date;
  conversations: readonly Conversation[];
}

/** Failures older than this say nothing about now. In ms. */
export const FAILURE_WINDOW_MS = 60_000;
/** More than enough to tell that attempts fail; bounds what is kept. */
const FAILURES_KEPT = 10;

export function startProof(purpose: ProofFacts['purpose'], since: Date): ProofFacts {
  return {
    purpose,
    since: since.getTime(),
    denied: null,
    deniedFrames: 0,
    breach: null,
    moved: null,
    demand: false,
    halves: {},
    observed: {},
    failures: {},
  };
}

/** The facts with an observer's records added: pure, and the same however the records are grouped. */
export function fold(facts: ProofFacts, records: Records, permits: readonly Permit[]): ProofFacts {
  // A clock that is off either way must not let a frame from before count: take the later reading.
  const from = facts.since + Math.abs(records.clockOffsetMs);
  const until = Math.max(records.observedUntil.getTime(), facts.observed[records.sensorId] ?? 0);
  const heard = { ...facts, observed: { ...facts.observed, [records.sensorId]: until } };
  return records.conversations
    .filter((one) => Date.parse(one.windowFrom) >= from)
    .reduce((sum, one) => foldOne(sum, one, records.sensorId, permits), heard);
}

function foldOne(facts: ProofFacts, one: Conversation, sensorId: string, permits: readonly Permit[]): ProofFacts {
  return facts.purpose === 'isolate'
    ? foldClinical(foldContained(facts, one, sensorId, permits), one, sensorId, permits)
    : foldReleased(facts, one, sensorId);
}

function foldContained(facts: ProofFacts, one: Conversation, sensorId: string, permits: readonly Permit[]): ProofFacts {
  const at = Date.parse(one.windowTo);
  if (isForbidden(one, permits)) {
    if (facts.breach && facts.breach.at >= at) return facts;
    const denied = facts.denied && facts.denied.at > at ? facts.denied : null;
    return { ...facts, denied, breach: { at, sensorId, what: describe(one) } };
  }
  const frames = one.deniedOut + one.deniedIn;
  if (frames === 0) return facts;
  const first = Date.parse(one.windowFrom);
  const afterBreach = !facts.breach || first > facts.breach.at;
  const earliest = facts.denied !== null && facts.denied.at <= first;
  const denied = afterBreach && !earliest ? { at: first, sensorId } : facts.denied;
  return { ...facts, denied, deniedFrames: facts.deniedFrames + frames };
}

function foldClinical(facts: ProofFacts, one: Conversation, sensorId: string, permits: readonly Permit[]): ProofFacts {
  const permit = permitOf(one, permits);
  if (!permit) return facts;
  const at = Date.parse(one.windowTo);
  const { flowId } = permit;
  const half = facts.halves[flowId] ?? { asked: false, answered: false };
  const now = { asked: half.asked || one.framesOut > 0, answered: half.answered || one.framesIn > 0 };
  const both = now.asked && now.answered;
  return {
    ...facts,
    demand: facts.demand || now.asked || now.answered || one.deniedOut > 0,
    moved: both ? { at: Math.max(at, facts.moved?.at ?? 0), sensorId } : facts.moved,
    // Once both ways are seen the next proof of movement needs both again.
    halves: { ...facts.halves, [flowId]: both ? { asked: false, answered: false } : now },
    failures: { ...facts.failures, [flowId]: failuresOf(facts.failures[flowId] ?? [], one, permit) },
  };
}

function failuresOf(before: readonly number[], one: Conversation, permit: Permit): number[] {
  const at = Date.parse(one.windowTo);
  if (isAnswered(one, permit)) return [];
  const kept = before.filter((failed) => failed > at - FAILURE_WINDOW_MS);
  return attemptFailed(one, permit) ? [...kept, at].slice(-FAILURES_KEPT) : kept;
}

function foldReleased(facts: ProofFacts, one: Conversation, sensorId: string): ProofFacts {
  const at = Date.parse(one.windowTo);
  const denied = one.deniedOut + one.deniedIn;
  const demand = facts.demand || (asksSomebody(one) && (one.framesOut > 0 || denied > 0));
  if (denied > 0) {
    const breach = { at: Math.max(at, facts.breach?.at ?? 0), sensorId, what: describe(one) };
    return { ...facts, demand, deniedFrames: facts.deniedFrames + denied, breach };
  }
  const moved =
    one.framesOut > 0 && one.framesIn > 0 ? { at: Math.max(at, facts.moved?.at ?? 0), sensorId } : facts.moved;
  return { ...facts, demand, moved };
}

function describe(one: Conversation): string {
  const peer = one.peerAddress ?? `ethertype 0x${one.etherType.toString(16)}`;
  return one.port === null ? peer : `${peer}:${one.port}`;
}
