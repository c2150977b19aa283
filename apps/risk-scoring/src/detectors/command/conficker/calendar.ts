import { confickerNames, DAY_MS, VARIANTS, type ConfickerVariant } from './generator.js';

/** A machine's clock may be wrong by a day, and its midnight is not ours. */
const DAYS_AROUND = [0, -1, 1] as const;

/** A name of the worm, and the UTC day that it belongs to. */
export interface ConfickerName {
  variant: ConfickerVariant;
  day: number;
}

/**
 * Knows the names of the worm by day. A day's 500 names take some milliseconds to make and are kept; the oldest of
 * more than `keep` days is forgotten, so that a replay of a week costs each day once.
 */
export class ConfickerCalendar {
  private readonly days = new Map<number, ReadonlyMap<string, ConfickerVariant>>();

  constructor(private readonly keep = 16) {}

  /** Whether a name (lower case, no final dot) is one of A or B of the day of `at` (ms), the day before or after. */
  find(name: string, at: number): ConfickerName | undefined {
    const today = Math.floor(at / DAY_MS);
    for (const around of DAYS_AROUND) {
      const variant = this.namesOf(today + around).get(name);
      if (variant) return { variant, day: today + around };
    }
    return undefined;
  }

  /** Makes the names around `at` (ms) now, so that the first look-up needs not wait for them. */
  prepare(at: number): void {
    for (const around of DAYS_AROUND) this.namesOf(Math.floor(at / DAY_MS) + around);
  }

  private namesOf(day: number): ReadonlyMap<string, ConfickerVariant> {
    const known = this.days.get(day);
    if (known) return known;
    const names = new Map<string, ConfickerVariant>();
    for (const variant of Object.keys(VARIANTS) as ConfickerVariant[]) {
      for (const name of confickerNames(variant, day)) names.set(name, variant);
    }
    this.days.set(day, names);
    if (this.days.size > this.keep) this.days.delete(this.days.keys().next().value as number);
    return names;
  }
}
