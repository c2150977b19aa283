import type { DriverProfile } from '#driver';
import type { PointFinding } from '#events';
import type { Measured } from '../points/effective-profile.js';

/** One connection attempt to the test device. Times in ms of one clock; null: no answer. */
export interface Sample {
  sentAt: number;
  answered: boolean;
}

/** What the test device answered to single attempts while it was isolated. null: not tried. */
export interface Attempts {
  /** From a port that the device may answer to, where nothing may be opened: an answer shows that frames come in. */
  inbound: boolean | null;
  /** Over IPv6, of which nothing is permitted. */
  ipv6: boolean | null;
}

/** What a drill has seen, for its judgement. */
export interface Seen {
  samples: readonly Sample[];
  /** The first write and the end of the measurement: between them the gap is looked for. */
  from: number;
  to: number;
  attempts: Attempts;
  /** In the order in which readings showed it; null: no reading has. */
  order: DriverProfile['order'] | null;
  /** The mode that was applied. */
  mode: DriverProfile['modes'][number];
}

/** Above this an interruption is no gap any more but a broken link. In ms. */
export const LONGEST_GAP_MS = 30_000;
/** A gap is told in steps of this, upwards: one drill is one measurement, not a bound. In ms. */
const GAP_STEP_MS = 100;

/**
 * The longest time between two answers with an unanswered attempt between them; 0: every attempt was answered. null: the
 * answers never came back, or there were none before.
 */
export function longestGap(samples: readonly Sample[], from: number, to: number): number | null {
  const inTime = samples.filter(({ sentAt }) => sentAt <= to).sort((a, b) => a.sentAt - b.sentAt);
  let last: number | null = null;
  let lost = false;
  let longest = 0;
  for (const { sentAt, answered } of inTime) {
    if (!answered) {
      lost = true;
      continue;
    }
    if (last !== null && lost && sentAt >= from) longest = Math.max(longest, sentAt - last);
    last = sentAt;
    lost = false;
  }
  return last === null || lost ? null : longest;
}

/** What the drill confirms. Only what was seen: the rest is null. */
export function measured({ samples, from, to, attempts, order }: Seen): Measured {
  const gap = longestGap(samples, from, to);
  return {
    order: order ?? (gap === 0 ? 'make-before-break' : null),
    interruption: gap === null ? null : interruption(gap),
    direction: attempts.inbound === null ? null : attempts.inbound ? 'from-device' : 'both',
    covers: attempts.ipv6 === null ? null : attempts.ipv6 ? 'ipv4' : 'all',
  };
}

function interruption(gap: number): DriverProfile['interruption'] {
  if (gap === 0) return 'none';
  return gap > LONGEST_GAP_MS ? 'break' : { gapMs: Math.ceil(gap / GAP_STEP_MS) * GAP_STEP_MS };
}

/** Each measurement as people read it. `ok` says whether the permitted images would have survived it. */
export function findingsOf(seen: Seen): PointFinding[] {
  return [orderFinding(seen), gapFinding(seen), directionFinding(seen), ipv6Finding(seen)];
}

function orderFinding({ order, samples, from, to }: Seen): PointFinding {
  const check = 'order';
  if (order === null && longestGap(samples, from, to) === 0) {
    return { check, ok: true, detail: 'what is permitted was never missing' };
  }
  if (order === 'make-before-break')
    return { check, ok: true, detail: 'the permits were read in force before the move' };
  if (order === 'atomic') return { check, ok: true, detail: 'the session was never read isolated without its permits' };
  if (order === 'break-before-make') {
    return { check, ok: false, detail: 'the device was read isolated before its permits were in force' };
  }
  return { check, ok: null, detail: 'no reading showed which came first' };
}

function gapFinding({ samples, from, to, mode }: Seen): PointFinding {
  const check = 'interruption';
  const gap = longestGap(samples, from, to);
  const tries = samples.length;
  if (gap === null) return { check, ok: false, detail: `the test device did not answer again (${tries} attempts)` };
  if (gap === 0) return { check, ok: true, detail: `none: all ${tries} attempts were answered, in mode ${mode}` };
  const lost = samples.filter((one) => !one.answered).length;
  return {
    check,
    ok: gap < 3000,
    detail: `cut off for ${Math.round(gap)} ms in mode ${mode} (${lost} of ${tries} attempts lost)`,
  };
}

function directionFinding({ attempts: { inbound } }: Seen): PointFinding {
  const check = 'direction';
  if (inbound === null) return { check, ok: null, detail: 'not measured: counts as from the device only' };
  return inbound
    ? { check, ok: false, detail: 'what nobody permitted still reached the isolated device from outside' }
    : {
        check,
        ok: true,
        detail: 'what nobody permitted did not reach the isolated device: both directions are filtered',
      };
}

function ipv6Finding({ attempts: { ipv6 } }: Seen): PointFinding {
  const check = 'IPv6';
  if (ipv6 === null)
    return { check, ok: null, detail: 'not measured: the test port names no IPv6 address on both ends' };
  return ipv6
    ? { check, ok: false, detail: 'the isolated device still answers over IPv6' }
    : { check, ok: true, detail: 'the isolated device does not answer over IPv6' };
}
