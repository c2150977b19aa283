import { scoreOf, type BeaconScore } from './score.js';

const HOUR_S = 3600;
const DAY_HOURS = 24;
/** Enough to tell gaps and sizes; more would only say the same again. */
const MOST_CONTACTS = 256;
const FEWEST_CONTACTS = 4;

/** What is kept of the contacts with one destination, as plain, bounded data. Times in s since 1970. */
export interface Rhythm {
  /** The newest contacts: [when, bytes sent]. */
  contacts: readonly (readonly [at: number, sent: number])[];
  /** How many there were in each of the last hours: [hour, count]. */
  hours: readonly (readonly [hour: number, count: number])[];
  judgedIn: number;
  weighedAt: number;
}

export const NO_CONTACT: Rhythm = { contacts: [], hours: [], judgedIn: -Infinity, weighedAt: -Infinity };

export function withContact(rhythm: Rhythm, at: number, sent: number): Rhythm {
  const hour = hourOf(at);
  const counted = rhythm.hours.find(([known]) => known === hour)?.[1] ?? 0;
  const others = rhythm.hours.filter(([known]) => known !== hour && hour - known <= DAY_HOURS);
  const contacts = [...rhythm.contacts, [at, sent] as const].slice(-MOST_CONTACTS);
  return { ...rhythm, contacts, hours: [...others, [hour, counted + 1] as const] };
}

/**
 * The score of the full hours before the one of `at`, at most 24, from the first in which the device was seen. null: too
 * few contacts.
 */
export function scoreBefore({ contacts, hours }: Rhythm, at: number, deviceSeenAt: number): BeaconScore | null {
  const end = hourOf(at);
  const start = Math.max(end - DAY_HOURS, hourOf(deviceSeenAt) + 1);
  const counts = new Map(hours);
  const bars = Array.from({ length: Math.max(0, end - start) }, (_, i) => counts.get(start + i) ?? 0);
  const before = contacts.filter(([when]) => when >= start * HOUR_S && when < end * HOUR_S);
  if (before.length < FEWEST_CONTACTS) return null;
  const moments = [...new Set(before.map(([when]) => Math.floor(when)))].sort((a, b) => a - b);
  const sizes = before.map(([, sent]) => sent);
  const seen = bars.flatMap((bar, i) => (bar > 0 ? [i] : []));
  const covered = ((seen.at(-1) ?? 0) - (seen[0] ?? 0) + 1) / Math.max(bars.length, 1);
  return scoreOf({ moments, sizes, bars, hours: seen, covered });
}

export function hourOf(at: number): number {
  return Math.floor(at / HOUR_S);
}
