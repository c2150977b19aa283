/**
 * How much contacts to one destination look like a program that reports at intervals. Four parts of equal weight, each
 * from 0 to 1: regular in time, in size, over the hours, and lasting. The measure is that of RITA 5 (Active
 * Countermeasures), whose parts are described in its documentation; the code is our own. A high score alone is no
 * evidence: clocks, updates and printers are as regular as any bot.
 */
export interface BeaconScore {
  score: number;
  timing: number;
  size: number;
  histogram: number;
  duration: number;
}

/** One contact: when (s since 1970) and how many bytes the device sent. */
export interface Contact {
  at: number;
  sent: number;
}

/** The stretch of time (s) that was looked at; contacts outside it are left out. */
export interface Stretch {
  from: number;
  to: number;
}

const HOUR = 3600;
const BINS = 24;
const FEWEST_MOMENTS = 4;
/** So many contacts a day are one long connection in pieces, not a program that reports. */
const STROBE = 86_400;
/** Below this spread (s or bytes) a lean of the middle half is chance. */
const NARROW = 10;
const FEWEST_BARS = 11;
const FEWEST_HOURS = 6;
const LASTING_HOURS = 12;

/** null: too few contacts to say, or far too many. */
export function beaconScore(contacts: readonly Contact[], { from, to }: Stretch): BeaconScore | null {
  const seen = contacts.filter(({ at }) => at >= from && at <= to);
  const moments = [...new Set(seen.map(({ at }) => Math.floor(at)))].sort((a, b) => a - b);
  if (seen.length >= STROBE) return null;
  return scoreOf({
    moments,
    sizes: seen.map(({ sent }) => sent),
    bars: countedByBin(seen, from, Math.max(to - from, 1)),
    hours: [...new Set(moments.map((moment) => Math.floor((moment - from) / HOUR)))],
    covered: ((moments.at(-1) as number) - (moments[0] as number)) / Math.max(to - from, 1),
  });
}

/** What the score is made of. Moments (s) and hours are in order and each is there once. */
export interface Seen {
  moments: readonly number[];
  sizes: readonly number[];
  /** Contacts by equal parts of the stretch. */
  bars: readonly number[];
  /** The hours in which there was one. */
  hours: readonly number[];
  /** The part of the stretch from the first to the last. */
  covered: number;
}

/** null: too few moments to tell a rhythm. */
export function scoreOf({ moments, sizes, bars, hours, covered }: Seen): BeaconScore | null {
  if (moments.length < FEWEST_MOMENTS) return null;
  const gaps = moments.slice(1).map((moment, i) => moment - (moments[i] as number));
  const parts = {
    timing: steadiness(gaps, 1),
    size: steadiness(sizes, 0),
    histogram: evenness(bars),
    duration: lasting(hours, covered),
  };
  return { ...parts, score: (parts.timing + parts.size + parts.histogram + parts.duration) / 4 };
}

/** The mean of: no lean of the middle half, and a small median deviation. `ifTiny`: the latter, for a median below 1. */
function steadiness(values: readonly number[], ifTiny: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, middle, high] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  const even = high - low < NARROW || middle === low || middle === high;
  const lean = even ? 0 : Math.abs((low + high - 2 * middle) / (high - low));
  const deviations = sorted.map((value) => Math.abs(value - middle)).sort((a, b) => a - b);
  const steady = middle < 1 ? ifTiny : Math.max(0, (middle - quantile(deviations, 0.5)) / middle);
  return (1 - lean + steady) / 2;
}

/** The smallest value that at least this part of the (sorted) values does not exceed. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

function countedByBin(contacts: readonly Contact[], from: number, length: number): number[] {
  const bins = new Array<number>(BINS).fill(0);
  for (const { at } of contacts) {
    const bin = Math.min(BINS - 1, Math.floor(((at - from) / length) * BINS));
    bins[bin] = (bins[bin] as number) + 1;
  }
  return bins;
}

/** Bars of one height, or of two: a program that sleeps by day and by night differently is still a program. */
function evenness(bars: readonly number[]): number {
  const mean = bars.reduce((sum, bar) => sum + bar, 0) / bars.length;
  const variance = bars.reduce((sum, bar) => sum + (bar - mean) ** 2, 0) / bars.length;
  return Math.max(0, 1 - Math.sqrt(variance) / mean, twoHeights(bars.filter((bar) => bar > 0)));
}

function twoHeights(bars: readonly number[]): number {
  if (bars.length < FEWEST_BARS) return 0;
  const width = Math.max(1, Math.ceil(Math.max(...bars) * 0.05));
  const heights = new Map<number, number>();
  for (const bar of bars) heights.set(Math.round(bar / width), (heights.get(Math.round(bar / width)) ?? 0) + 1);
  const [first = 0, second = 0] = [...heights.values()].sort((a, b) => b - a);
  return Math.min(1, (first + second) / (bars.length - 1));
}

/** How much of the stretch it covers, or how many hours it never misses. */
function lasting(hours: readonly number[], covered: number): number {
  if (hours.length < FEWEST_HOURS) return 0;
  return Math.min(1, Math.max(covered, longestRun(hours) / LASTING_HOURS));
}

function longestRun(hours: readonly number[]): number {
  let [longest, current] = [1, 1];
  for (let i = 1; i < hours.length; i++) {
    current = hours[i] === (hours[i - 1] as number) + 1 ? current + 1 : 1;
    longest = Math.max(longest, current);
  }
  return longest;
}
