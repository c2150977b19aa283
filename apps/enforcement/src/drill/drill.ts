import type { DriverProfile, PointIsolation } from '#driver';
import type { DrillState, PointFinding, WantedDrill } from '#events';
import type { Measured } from '../points/effective-profile.js';

/** A drill that was asked for, as it was asked. */
export type DrillRequest = WantedDrill['data'];

/**
 * `accepted`: nobody has begun. `running`. `releasing`: it is over and what it wrote must go; a drill never leaves this
 * state before it has gone. The others are ends.
 */
export const STAGES = ['accepted', 'running', 'releasing', 'passed', 'failed', 'refused', 'expired'] as const;
export type Stage = (typeof STAGES)[number];

/** What a drill is about to write, or has: enough to take it away after a crash. Noted before the first write. */
export interface Written {
  pointId: string;
  isolation: PointIsolation;
}

/** How a drill ended. `measured` is null where nothing was measured, so that nothing is confirmed. */
export interface Outcome {
  state: Extract<DrillState, 'passed' | 'failed' | 'refused' | 'expired'>;
  findings: PointFinding[];
  measured: Measured | null;
}

/** How people see a stage. */
export function shownState(stage: Stage): DrillState {
  return stage === 'accepted' || stage === 'releasing' ? 'running' : stage;
}

export function refused(reason: string): Outcome {
  return { state: 'refused', findings: [{ check: 'allowed', ok: false, detail: reason }], measured: null };
}

/** What a drill plans with: the driver's own word as if it were confirmed, in one mode where one is asked for. */
export function onTrial(profile: DriverProfile, mode: DrillRequest['mode']): DriverProfile {
  return {
    ...profile,
    confirmed: true,
    ...(mode === null ? {} : { modes: profile.modes.filter((one) => one === mode) }),
  };
}
