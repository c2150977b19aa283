import type { Attempt } from '#events';
import type { Detector } from '../detector.js';
import { lastSeen, NOTHING_SEEN, recall, remember, type RecentKeys, type Span } from '../recent-keys.js';
import { DAY_MS } from './conficker/generator.js';

/** One match is chance about once in 30,000 flows; ten outside addresses are what SRI's rule alarms on. */
const DECIBANS = 3.2;
const DAY: Span = { ms: DAY_MS, bucketSize: 32 };

/** An attempt at a port where the outside peer would listen if it had Conficker.C, whatever becomes of the attempt. */
export const confickerPorts: Detector<RecentKeys<true>, Attempt> = {
  name: 'conficker-ports',
  // Who asks for a port says so in the first packet: sampled flows show fewer, and none that was not there.
  needs: [],
  initial: NOTHING_SEEN,
  touchedAt: lastSeen,
  observe(state, { peerAddress, transport }, { at }) {
    const known = recall(state, peerAddress, at, DAY);
    return {
      state: remember(state, peerAddress, at, true as const, DAY),
      findings: known ? [] : [{ decibans: DECIBANS, at, items: 1, label: transport }],
    };
  },
};
