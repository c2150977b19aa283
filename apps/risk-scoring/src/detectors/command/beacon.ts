import type { FlowEnded } from '#events';
import type { Detector } from '../detector.js';
import { lastSeen, NOTHING_SEEN, recall, remember, type RecentKeys, type Span } from '../recent-keys.js';
import { destinationOf } from './beacon/destination.js';
import { hourOf, NO_CONTACT, scoreBefore, withContact, type Rhythm } from './beacon/rhythm.js';

const DECIBANS = 15;
const SCORE = 0.8;
const RARE = 0.1;
const DAY_S = 24 * 3600;
const DAY: Span = { ms: DAY_S * 1000, bucketSize: 8 };

interface Beacons {
  /** When the device was first seen (s): what lies before says nothing. null: not yet. */
  seenAt: number | null;
  destinations: RecentKeys<Rhythm>;
}

/**
 * A program that reports to an outside destination at intervals. As regular are clocks and updates: it counts only where
 * the device's profile is known and has no such destination, and where hardly any other device goes there. Who lacks
 * either is never accused. Judged once an hour a destination.
 */
export const beacon: Detector<Beacons, FlowEnded> = {
  name: 'beacon',
  needs: ['every-flow'],
  initial: { seenAt: null, destinations: NOTHING_SEEN },
  touchedAt: ({ destinations }) => lastSeen(destinations),
  observe(state, flow, { at, profile, prevalence, siteSuffixes }) {
    const destination = destinationOf(flow);
    if (!goesOutside(flow, destination, siteSuffixes)) return { state, findings: [] };
    const second = at / 1000;
    const seenAt = state.seenAt ?? second;
    const known = recall(state.destinations, destination, at, DAY) ?? NO_CONTACT;
    const due = hourOf(second) > known.judgedIn && second - known.weighedAt >= DAY_S;
    const counts = profile === 'outside' && prevalence !== null && prevalence <= RARE;
    const score = due && counts ? scoreBefore(known, second, seenAt) : null;
    const found = score !== null && score.score >= SCORE;
    const judged = { judgedIn: hourOf(second), weighedAt: found ? second : known.weighedAt };
    const rhythm = { ...withContact(known, second, flow.bytesSent), ...judged };
    return {
      state: { seenAt, destinations: remember(state.destinations, destination, at, rhythm, DAY) },
      findings: found ? [{ decibans: DECIBANS, at, items: 1, label: destination }] : [],
    };
  },
};

/** Through a proxy of the site the name tells where to. */
function goesOutside(
  { peerInside, peerName }: FlowEnded,
  destination: string,
  siteSuffixes: readonly string[],
): boolean {
  if (peerName === null) return !peerInside;
  return !siteSuffixes.some((suffix) => destination === suffix || destination.endsWith(`.${suffix}`));
}
