/** What is expected next of one transport session (RFC 7011 section 2: over UDP, the exporter's address and port). */
interface Session {
  next: number | null;
  byDomain: Map<number, number>;
}

/** Most sessions remembered; an exporter makes a new one at each start. */
export const MAX_SESSIONS = 256;
const MODULUS = 2 ** 32;
/** A number further ahead than this is one behind: a restart, or datagrams out of order. Neither is loss. */
const BEHIND = MODULUS / 2;

/**
 * Counts lost data records by gaps in sequence numbers. RFC 7011 section 3.1 counts per observation domain; Open
 * vSwitch 3.1 counts one number through all domains of a session (seen: its options record of domain 0 and its flow
 * records of domain 10 share it). Either is taken: a gap is the smaller of what the domain's and the session's last
 * number leave open. Where a set could not be read the number of its records is unknown, and the count begins anew.
 */
export class SequenceTracker {
  private readonly sessions = new Map<string, Session>();

  /** Returns how many data records were lost before this message. `session`: exporter's address and port. */
  note(session: string, domain: number, sequence: number, dataRecords: number | null): number {
    const known = this.session(session);
    if (dataRecords === null) {
      known.next = null;
      known.byDomain.delete(domain);
      return 0;
    }
    // A message of templates alone carries the number of the next data record, and is no proof of anything.
    const lost = Math.min(gap(known.next, sequence), gap(known.byDomain.get(domain) ?? null, sequence));
    const next = (sequence + dataRecords) % MODULUS;
    known.next = next;
    known.byDomain.set(domain, next);
    return Number.isFinite(lost) ? lost : 0;
  }

  /** What is expected next of each session, for after a restart: what is sent meanwhile is lost, and must be counted. */
  snapshot(): Record<string, number> {
    return Object.fromEntries([...this.sessions].flatMap(([name, { next }]) => (next === null ? [] : [[name, next]])));
  }

  restore(snapshot: Readonly<Record<string, number>>): void {
    for (const [name, next] of Object.entries(snapshot)) this.session(name).next = next;
  }

  private session(name: string): Session {
    const known = this.sessions.get(name);
    if (known) return known;
    if (this.sessions.size >= MAX_SESSIONS) {
      const oldest = this.sessions.keys().next();
      if (!oldest.done) this.sessions.delete(oldest.value);
    }
    const made: Session = { next: null, byDomain: new Map() };
    this.sessions.set(name, made);
    return made;
  }
}

function gap(expected: number | null, sequence: number): number {
  if (expected === null) return Number.POSITIVE_INFINITY;
  const ahead = (sequence - expected + MODULUS) % MODULUS;
  return ahead >= BEHIND ? Number.POSITIVE_INFINITY : ahead;
}
