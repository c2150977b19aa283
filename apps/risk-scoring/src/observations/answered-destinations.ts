import type { Attempt } from '#events';

const DAY_MS = 24 * 3600 * 1000;
const MOST = 65_536;

/**
 * The destinations that answered anyone of this partition within 24 h, by site and realm: a failure to reach one of
 * them is an outage, not a scan. Bounded: the destination that answered longest ago is forgotten first.
 */
export class AnsweredDestinations {
  private readonly lastAt: Map<string, number>;

  constructor(
    entries: Iterable<readonly [string, number]> = [],
    private readonly most = MOST,
  ) {
    this.lastAt = new Map(entries);
  }

  note(place: Place, attempt: Attempt, at: number): void {
    const key = destination(place, attempt);
    const newest = Math.max(at, this.lastAt.get(key) ?? at);
    this.lastAt.delete(key);
    this.lastAt.set(key, newest);
    if (this.lastAt.size > this.most) this.lastAt.delete(this.lastAt.keys().next().value as string);
  }

  /** Whether the destination of an attempt at `at` (ms) answered anyone within the 24 h before it, or since. */
  answeredLately(place: Place, attempt: Attempt, at: number): boolean {
    const last = this.lastAt.get(destination(place, attempt));
    return last !== undefined && at - last < DAY_MS;
  }

  forgetBefore(now: number): void {
    for (const [key, at] of this.lastAt) if (now - at >= DAY_MS) this.lastAt.delete(key);
  }

  entries(): [string, number][] {
    return [...this.lastAt];
  }
}

/** Where an address means what it says: hospitals' networks overlap. */
export interface Place {
  site: string;
  realm: string;
}

function destination({ site, realm }: Place, { peerAddress, transport, port }: Attempt): string {
  return `${site} ${realm} ${peerAddress} ${transport} ${port}`;
}
