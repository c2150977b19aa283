import type { Binding as BindingWord, Outcome } from '#events';
import { BoundedMap } from '../bounded-map.js';
import type { Flow, SourcePosition } from '../sensors/flow.js';

/** A device's attempt to open a TCP connection, with what became of it. */
export interface AttemptFact {
  deviceId: string;
  binding: BindingWord;
  sensorId: string;
  position: SourcePosition;
  localAddress: string;
  localPort: number;
  peerAddress: string;
  port: number;
  outcome: Outcome;
  at: number;
  receivedAt: number;
}

/** After so long without an answer an attempt is silent. A retransmission comes no sooner (RFC 6298: 1 s). */
export const SILENT_AFTER_MS = 1000;
/** How long an attempt that was told is remembered, for a late answer and for retransmissions. */
export const REMEMBERED_MS = 60_000;
export const MAX_WAITING = 65_536;
export const MAX_REMEMBERED = 65_536;

type Waiting = Omit<AttemptFact, 'outcome' | 'receivedAt'> & { key: string; until: number };
type Told = Waiting & { outcome: Outcome; late: boolean };

/**
 * Pairs the segments of TCP openings, as a flow sensor shows them one by one, into attempts; each is told once:
 *
 *     SYN at the device's own port → waiting ─ SYN-ACK from the peer ──→ answered
 *                                      ├────── RST from the peer ──────→ refused
 *                                      ├────── our deny line ──────────→ denied
 *                                      └────── 1 s ────────────────────→ silent ─ SYN-ACK ──→ answered, told again
 *     deny line, nothing waiting ─────────────────────────────────────→ denied
 *
 * A late answer is told under the position of the answer, since an observation's id derives from its record. Who sent
 * a segment is the caller's to say: the machine knows five-tuples only. It has no clock; `tick` tells it the time.
 */
export class AttemptPairing {
  private readonly waiting = new BoundedMap<string, Waiting>(MAX_WAITING);
  private readonly told = new BoundedMap<string, Told>(MAX_REMEMBERED);

  get size(): number {
    return this.waiting.size + this.told.size;
  }

  /** Attempts that were given up unpaired for want of room. */
  get evicted(): number {
    return this.waiting.evicted;
  }

  opening(flow: Flow, deviceId: string, binding: BindingWord): AttemptFact[] {
    const attempt = attemptOf(flow, deviceId, binding);
    // A retransmission, or a segment that came twice: the attempt is known.
    if (!attempt || this.waiting.has(attempt.key) || this.told.has(attempt.key)) return [];
    this.waiting.set(attempt.key, attempt);
    return [];
  }

  answering(flow: Flow): AttemptFact[] {
    const key = keyOf(flow, 'backward');
    const waiting = this.waiting.get(key);
    if (waiting) return [this.settle(waiting, 'answered', flow.receivedAt)];
    const told = this.told.get(key);
    if (!told || told.outcome !== 'silent' || told.late) return [];
    told.late = true;
    return [factOf({ ...told, position: flow.position, at: flow.start }, 'answered', flow.receivedAt)];
  }

  refusing(flow: Flow): AttemptFact[] {
    const waiting = this.waiting.get(keyOf(flow, 'backward'));
    return waiting ? [this.settle(waiting, 'refused', flow.receivedAt)] : [];
  }

  /** Our rule stopped the device's segment, or the answer to it: then its silence is our doing. */
  denied(flow: Flow, deviceId: string | null, binding: BindingWord): AttemptFact[] {
    const waiting = this.waiting.get(keyOf(flow, 'forward')) ?? this.waiting.get(keyOf(flow, 'backward'));
    if (waiting) return [this.settle(waiting, 'denied', flow.receivedAt)];
    const attempt = deviceId === null ? undefined : attemptOf(flow, deviceId, binding);
    if (!attempt || this.told.has(attempt.key)) return [];
    return [this.settle(attempt, 'denied', flow.receivedAt)];
  }

  /** Tells what has been waiting too long, and forgets what was told long ago. */
  tick(now: number): AttemptFact[] {
    this.told.takeWhile(({ until }) => until <= now);
    return this.waiting.takeWhile(({ until }) => until <= now).map((attempt) => this.settle(attempt, 'silent', now));
  }

  private settle(attempt: Waiting, outcome: Outcome, now: number): AttemptFact {
    this.waiting.delete(attempt.key);
    this.told.set(attempt.key, { ...attempt, outcome, late: false, until: now + REMEMBERED_MS });
    return factOf(attempt, outcome, now);
  }
}

function attemptOf(flow: Flow, deviceId: string, binding: BindingWord): Waiting | undefined {
  const { sourceAddress, sourcePort, destinationAddress, destinationPort } = flow;
  if (sourceAddress === null || sourcePort === null || destinationAddress === null || destinationPort === null)
    return undefined;
  return {
    key: keyOf(flow, 'forward'),
    until: flow.receivedAt + SILENT_AFTER_MS,
    deviceId,
    binding,
    sensorId: flow.sensorId,
    position: flow.position,
    localAddress: sourceAddress,
    localPort: sourcePort,
    peerAddress: destinationAddress,
    port: destinationPort,
    at: flow.start,
  };
}

function factOf(attempt: Waiting, outcome: Outcome, receivedAt: number): AttemptFact {
  const { deviceId, binding, sensorId, position, localAddress, localPort, peerAddress, port, at } = attempt;
  return { deviceId, binding, sensorId, position, localAddress, localPort, peerAddress, port, outcome, at, receivedAt };
}

function keyOf(flow: Flow, way: 'forward' | 'backward'): string {
  const source = `${flow.sourceAddress}|${flow.sourcePort}`;
  const destination = `${flow.destinationAddress}|${flow.destinationPort}`;
  return way === 'forward' ? `${source}|${destination}` : `${destination}|${source}`;
}
