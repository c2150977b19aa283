import type { AddressTakenOver } from '#events';
import type { Detector } from '../detector.js';
import { lastSeen, NOTHING_SEEN, recall, remember, type RecentKeys, type Span } from '../recent-keys.js';

const DECIBANS = 20;
const HOUR: Span = { ms: 3600 * 1000, bucketSize: 8 };

/** The occupant of an access port speaks with another device's MAC or address: evidence against the occupant. */
export const addressTakenOver: Detector<RecentKeys<true>, AddressTakenOver> = {
  name: 'address-taken-over',
  needs: [],
  initial: NOTHING_SEEN,
  touchedAt: lastSeen,
  observe(state, observation, { at }) {
    const key = `${observation.pointId} ${observation.port} ${observation.claimedDeviceId}`;
    const known = recall(state, key, at, HOUR);
    const label = `${observation.claimedMac} at ${observation.pointId} ${observation.port}`;
    return {
      state: remember(state, key, at, true as const, HOUR),
      findings: known ? [] : [{ decibans: DECIBANS, at, items: 1, label }],
    };
  },
};
