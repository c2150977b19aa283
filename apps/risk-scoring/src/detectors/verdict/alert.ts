import type { AlertRaised } from '#events';
import type { Detector } from '../detector.js';
import { lastSeen, NOTHING_SEEN, recall, remember, type RecentKeys, type Span } from '../recent-keys.js';

/** By the severity that the product gives, 1 being its worst. What it calls lower says nothing. */
const DECIBANS: Readonly<Record<number, number>> = { 1: 15, 2: 8, 3: 3 };
const HOUR: Span = { ms: 3600 * 1000, bucketSize: 16 };

/**
 * Another product's alert about what the device sent. Who is the target of an alert is attacked, not infected; such
 * alerts never come here (signs.ts).
 */
export const alert: Detector<RecentKeys<true>, AlertRaised> = {
  name: 'alert',
  needs: [],
  initial: NOTHING_SEEN,
  touchedAt: lastSeen,
  observe(state, { signature, severity }, { at }) {
    const decibans = DECIBANS[severity] ?? 0;
    const known = recall(state, signature, at, HOUR);
    return {
      state: remember(state, signature, at, true as const, HOUR),
      findings: known || decibans === 0 ? [] : [{ decibans, at, items: 1, label: signature }],
    };
  },
};
