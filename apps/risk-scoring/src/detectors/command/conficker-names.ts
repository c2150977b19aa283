import type { NameLookUp } from '#events';
import type { Detector } from '../detector.js';
import { lastSeen, NOTHING_SEEN, recall, remember, type RecentKeys, type Span } from '../recent-keys.js';
import { DAY_MS } from './conficker/generator.js';

/** One name may be a collision of five random letters with a real one; two are decisive with any other family. */
const DECIBANS = 16;
const DAY: Span = { ms: DAY_MS, bucketSize: 16 };

/** A look-up of a Conficker A or B name of the day, whatever the answer: asking is what the worm does. */
export const confickerNames: Detector<RecentKeys<true>, NameLookUp> = {
  name: 'conficker-names',
  needs: [],
  initial: NOTHING_SEEN,
  touchedAt: lastSeen,
  observe(state, lookUp, { at, conficker }) {
    if (!conficker) return { state, findings: [] };
    const name = canonicalName(lookUp.name);
    const known = recall(state, name, at, DAY);
    const label = new Date(conficker.day * DAY_MS).toISOString().slice(0, 10);
    return {
      state: remember(state, name, at, true as const, DAY),
      findings: known ? [] : [{ decibans: DECIBANS, at, items: 1, label }],
    };
  },
};

/** A name as the detectors compare it: lower case, without the root's dot. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}
