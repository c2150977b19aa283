import type { NameLookUp } from '#events';
import { getDomain } from 'tldts';
import type { Detector, Finding } from '../detector.js';
import { countRecent, lastSeen, NOTHING_SEEN, recall, remember, type RecentKeys, type Span } from '../recent-keys.js';
import { canonicalName } from './conficker-names.js';

/** Measured: a benign host fails 6 distinct names in 24 h; hosts that generate names, 16 to 113 in an hour. */
const THRESHOLD = 10;
const AT_THRESHOLD = 20;
const EACH_FURTHER = 1;
const HOUR: Span = { ms: 3600 * 1000, bucketSize: 32 };
const DAY: Span = { ms: 24 * 3600 * 1000, bucketSize: 32 };

interface FailingNames {
  names: RecentKeys<true>;
  /** Domains that answered: a silence of theirs is an answer that got lost, as a failure of a known destination is. */
  answered: RecentKeys<true>;
  /** When the threshold last weighed: it does so once an hour, or ten names an hour would add up without end. */
  crossedAt: number | null;
}

/** Many different names that do not exist (or get no answer from a resolver that answers others): generated names. */
export const failingNames: Detector<FailingNames, NameLookUp> = {
  name: 'failing-names',
  // An answer that the sensor does not show looks like silence.
  needs: ['every-flow', 'both-ways'],
  initial: { names: NOTHING_SEEN, answered: NOTHING_SEEN, crossedAt: null },
  touchedAt: ({ names, answered }) => Math.max(lastSeen(names), lastSeen(answered)),
  observe(state, lookUp, { at, siteSuffixes }) {
    const domain = countedDomain(lookUp, siteSuffixes);
    if (domain === null) return { state, findings: [] };
    if (lookUp.answer === 'answered')
      return { state: { ...state, answered: remember(state.answered, domain, at, true as const, DAY) }, findings: [] };
    if (lookUp.answer === 'silent' && recall(state.answered, domain, at, DAY)) return { state, findings: [] };
    const known = recall(state.names, domain, at, HOUR);
    const names = remember(state.names, domain, at, true as const, HOUR);
    if (known) return { state: { ...state, names }, findings: [] };
    const count = countRecent(names, at, HOUR);
    if (count < THRESHOLD) return { state: { ...state, names }, findings: [] };
    const crossed = state.crossedAt !== null && at - state.crossedAt < HOUR.ms;
    const found: Finding = crossed
      ? { decibans: EACH_FURTHER, at, items: 1, label: 'domains' }
      : { decibans: AT_THRESHOLD, at, items: count, label: 'domains' };
    return { state: { ...state, names, crossedAt: crossed ? state.crossedAt : at }, findings: [found] };
  },
};

/** The second-level name of a look-up, or null where neither its answer nor its failure says anything of the device. */
function countedDomain(lookUp: NameLookUp, siteSuffixes: readonly string[]): string | null {
  // An unwell resolver leaves everybody without an answer: that is no sign of any device.
  if (lookUp.answer === 'silent' && !lookUp.resolverWell) return null;
  const name = canonicalName(lookUp.name);
  if (!name.includes('.') || isUnder(name, 'arpa')) return null;
  if (siteSuffixes.some((suffix) => isUnder(name, suffix))) return null;
  return getDomain(name, { validateHostname: false, extractHostname: false });
}

function isUnder(name: string, suffix: string): boolean {
  return name === suffix || name.endsWith(`.${suffix}`);
}
