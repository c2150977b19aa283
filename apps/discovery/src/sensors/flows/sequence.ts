import { BoundedMap } from '../../bounded-map.js';

/**
 * How an exporter may count: by how much a message moves the number, and how much of the message its own number already
 * holds. RFC 7011 moves it by the message's data records, behind it; softflowd was seen to count up to and including it.
 */
export interface Counting {
  moves: number;
  holds: number;
}

interface Numbered {
  sequence: number;
  moves: number[];
}

/** What is known of one transport session (RFC 7011 section 2: over UDP, the exporter's address and port). */
interface Session {
  last: Numbered | null;
  byDomain: BoundedMap<number, Numbered>;
  /** How often each way of counting left no gap. */
  fits: number[];
}

/** Most sessions remembered; an exporter makes a new one at each start. */
export const MAX_SESSIONS = 256;
/** Most observation domains of a session, engines of NetFlow v5 or sources of v9. */
export const MAX_DOMAINS = 64;
/** So often a way of counting has to fail before another is believed. */
const MOST_FITS = 8;
const MODULUS = 2 ** 32;
/** A number further ahead than this is one behind: a restart, or datagrams out of order. Neither is loss. */
const BEHIND = MODULUS / 2;

/**
 * Counts what was lost by gaps in sequence numbers. RFC 7011 section 3.1 counts data records per observation domain; Open
 * vSwitch 3.1 counts one number through all domains of a session (seen: its options record of domain 0 and its flow
 * records of domain 10 share it). Either is taken: a gap is the smaller of what the domain's and the session's last
 * number leave open. Where an exporter may count in several ways, the one that has fitted most often is believed, and
 * the standard's before it has shown. Where a set could not be read the number of its records is unknown, and the count
 * begins anew.
 */
export class SequenceTracker {
  private readonly sessions = new BoundedMap<string, Session>(MAX_SESSIONS);

  get size(): number {
    return this.sessions.size;
  }

  /**
   * Returns how many were lost before this message. `session`: exporter's address and port; `step`: by how much the
   * message moves the number by the standard; `others`: how else its kind of exporter was seen to count.
   */
  note(
    session: string,
    domain: number,
    sequence: number,
    step: number | null,
    others: readonly Counting[] = [],
  ): number {
    const known = this.session(session);
    if (step === null) {
      known.last = null;
      known.byDomain.delete(domain);
      return 0;
    }
    // A message of templates alone carries the number of the next data record, and is no proof of anything.
    const countings = [{ moves: step, holds: 0 }, ...others];
    const ofDomain = known.byDomain.get(domain) ?? null;
    const gaps = countings.map(({ holds }, way) =>
      Math.min(gap(known.last, way, sequence - holds), gap(ofDomain, way, sequence - holds)),
    );
    const now = { sequence, moves: countings.map(({ moves }) => moves) };
    known.last = now;
    known.byDomain.set(domain, now);
    return lostBy(gaps, known.fits);
  }

  /** What is expected next of each session, for after a restart: what is sent meanwhile is lost, and must be counted. */
  snapshot(): Record<string, number> {
    const all = this.sessions.entriesWhere(({ last }) => last !== null);
    return Object.fromEntries(all.map(([name, { last }]) => [name, nextOf(last, 0)]));
  }

  restore(snapshot: Readonly<Record<string, number>>): void {
    for (const [name, next] of Object.entries(snapshot)) this.session(name).last = { sequence: next, moves: [0] };
  }

  private session(name: string): Session {
    const known = this.sessions.get(name);
    if (known) return known;
    const made: Session = { last: null, byDomain: new BoundedMap(MAX_DOMAINS), fits: [1] };
    this.sessions.set(name, made);
    return made;
  }
}

/** On a tie the standard's way, which stands first. */
function lostBy(gaps: readonly number[], fits: number[]): number {
  gaps.forEach((open, way) => {
    const before = fits[way] ?? 0;
    if (Number.isFinite(open)) fits[way] = open === 0 ? Math.min(before + 1, MOST_FITS) : Math.max(before - 1, 0);
  });
  let best = 0;
  gaps.forEach((_, way) => {
    if ((fits[way] ?? 0) > (fits[best] ?? 0)) best = way;
  });
  const lost = gaps[best] ?? 0;
  return Number.isFinite(lost) ? lost : 0;
}

function nextOf(last: Numbered | null, way: number): number {
  return last === null ? 0 : (last.sequence + (last.moves[way] ?? 0)) % MODULUS;
}

function gap(last: Numbered | null, way: number, sequence: number): number {
  if (last === null) return Number.POSITIVE_INFINITY;
  const ahead = (sequence - nextOf(last, way) + 2 * MODULUS) % MODULUS;
  return ahead >= BEHIND ? Number.POSITIVE_INFINITY : ahead;
}
