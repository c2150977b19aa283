import { CLAIMED, type DetectorName } from '../evidence/evidence.js';
import type { Level } from '../evidence/level.js';

const NOTHING = 'Nothing is held against it.';
const NOT_BOUND = ' No sensor shows at which port this entered the network.';

/** What a device did, in one sentence. Two domains that report the same thing are told once. */
export function sentence(levels: readonly Level[]): string {
  const items = new Map<DetectorName, number>();
  for (const level of levels) items.set(level.detector, Math.max(level.items, items.get(level.detector) ?? 0));
  const clauses = [...items].map(([detector, count]) => CLAUSES[detector](count));
  if (clauses.length === 0) return NOTHING;
  const text = listed(clauses);
  const claimedOnly = levels.every((level) => level.trustDomain === CLAIMED);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${claimedOnly ? NOT_BOUND : ''}`;
}

/** Why a part weighs what it does: the facts that a person checks first. */
export function why(level: Level): string {
  return REASONS[level.detector](level);
}

const CLAUSES: Record<DetectorName, (items: number) => string> = {
  scan: (n) => `tried ${n} new ${plural(n, 'address', 'addresses')} that did not answer`,
  'address-taken-over': (n) => `used the address of ${n === 1 ? 'another device' : `${n} other devices`}`,
  beacon: (n) => `reports to ${n} outside ${plural(n, 'destination', 'destinations')} at regular intervals`,
  'conficker-names': (n) => `looked up ${n} ${plural(n, 'name', 'names')} of the Conficker worm`,
  'conficker-ports': (n) => `called ${n} ${plural(n, 'address', 'addresses')} at ports of the Conficker worm`,
  'failing-names': (n) => `looked up names of ${n} ${plural(n, 'domain', 'domains')} that failed`,
  alert: (n) => `made another product raise ${n} ${plural(n, 'alert', 'alerts')}`,
};

const REASONS: Record<DetectorName, (level: Level) => string> = {
  scan: ({ items, lowered, labels }) => `${commonest(labels)}: ${items} of ${items + lowered} new addresses failed`,
  'address-taken-over': ({ labels }) => `used ${commonest(labels)}, which belongs to another device`,
  beacon: ({ labels }) =>
    `regular in time, size and hours: ${commonest(labels)}, not in its profile and used by hardly anybody`,
  'conficker-names': ({ items, labels }) =>
    `${items} ${plural(items, 'name', 'names')} of ${Object.keys(labels).sort().join(', ')}`,
  'conficker-ports': ({ items }) =>
    `${items} outside ${plural(items, 'address', 'addresses')} at exactly the port that Conficker.C computes for it`,
  'failing-names': ({ items }) => `${items} different domains failed, 10 in an hour are too many`,
  alert: ({ labels }) => `another product warns: ${commonest(labels)}`,
};

function commonest(labels: Level['labels']): string {
  const ordered = Object.entries(labels).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const [first] = ordered;
  return first ? first[0] + (ordered.length > 1 ? ' and others' : '') : 'several';
}

function listed(clauses: string[]): string {
  return clauses.length < 2 ? clauses.join('') : `${clauses.slice(0, -1).join(', ')} and ${clauses.at(-1)}`;
}

function plural(n: number, one: string, many: string): string {
  return n === 1 ? one : many;
}
