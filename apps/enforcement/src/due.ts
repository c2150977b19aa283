import { PointRests } from './bulkhead/guarded.driver.js';
import type { StepOutcome } from './apply/outcome.js';
import { BLIND_AFTER_MS, type Observer } from './prove/observers.js';
import type { Readings } from './read/point.js';
import type { DeviceState } from './seen/state.js';

/** When to look at a device again if no hint comes before. `failed`: after a back-off. */
export type Due =
  { kind: 'idle' } | { kind: 'leased-elsewhere' } | { kind: 'now' } | { kind: 'failed' } | { kind: 'at'; at: Date };

/** While something is open: the look for what no event tells. In ms. */
const OPEN_MS = 1000;
/** Once proven: how old a read-back may become. In ms. */
const PROVEN_MS = 5000;

export interface Found {
  state: DeviceState;
  outcomes: readonly StepOutcome[];
  readings: Readings;
  observers: readonly Observer[];
  now: Date;
}

export function due({ state, outcomes, readings, observers, now }: Found): Due {
  if (outcomes.some((one) => one.kind === 'failed')) return { kind: 'failed' };
  if (outcomes.some(changesNow)) return { kind: 'now' };
  const unread = [...readings.values()].filter((one) => one instanceof Error);
  const rest = unread.find((one) => one instanceof PointRests);
  if (rest) return { kind: 'at', at: rest.until };
  if (unread.length > 0) return { kind: 'failed' };
  if (state.truth !== 'proven') return { kind: 'at', at: later(now, state.refusal ? PROVEN_MS : OPEN_MS) };
  if (state.mode === 'release') return { kind: 'idle' };
  // Exact, so that nobody is shown "proven" for longer than the design allows.
  const lastMoved = Math.max(...observers.map((one) => one.movedAt.getTime()));
  const blindAt = lastMoved + BLIND_AFTER_MS + 1;
  return {
    kind: 'at',
    at: blindAt > now.getTime() ? new Date(Math.min(blindAt, later(now, PROVEN_MS).getTime())) : later(now, OPEN_MS),
  };
}

/** A step to read back, or a wish that is no longer the one that was read. */
function changesNow(outcome: StepOutcome): boolean {
  if (outcome.kind === 'refused') return outcome.reason === 'wanted-changed' || outcome.reason === 'frozen';
  return outcome.kind === 'done';
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
