import { DriverError, type PointReading } from '#driver';
import type { AllowedStep } from '../check/check.js';
import type { Known } from '../known.js';
import type { LoopStore } from '../loop.js';
import type { Plan } from '../plan/planned.js';
import type { Point, Readings } from '../read/point.js';
import type { Isolation } from '../wanted/wanted.js';
import type { PointLocks } from './point-locks.js';
import type { Intent, StepOutcome } from './outcome.js';
import { undoSheet } from './undo-sheet.js';

export interface Applying {
  store: LoopStore;
  points: ReadonlyMap<string, Point>;
  locks: PointLocks;
  isolationsAnHour: number;
  now: () => Date;
}

/**
 * Takes the allowed steps, one of each interface: the sheet to undo them by hand is written first, each attempt is in
 * the log before its I/O, and nothing is repeated here. A step that fails holds back no other.
 */
export async function apply(
  steps: readonly AllowedStep[],
  known: Known & { wanted: Isolation },
  plan: Plan | null,
  readings: Readings,
  applying: Applying,
): Promise<StepOutcome[]> {
  if (plan && steps.some(({ step }) => step.kind === 'install-entries')) {
    await applying.store.keepUndo(undoSheet(plan, known.location?.asset ?? known.location?.name ?? known.deviceId));
  }
  const outcomes: StepOutcome[] = [];
  for (const step of steps) outcomes.push(await take(step, known, readings, applying));
  return outcomes;
}

async function take(
  step: AllowedStep,
  known: Known & { wanted: Isolation },
  readings: Readings,
  { store, points, locks, isolationsAnHour, now }: Applying,
): Promise<StepOutcome> {
  const { pointId } = step;
  const point = points.get(pointId);
  const reading = readings.get(pointId);
  if (!point || !isRead(reading)) throw new Error('a step needs a point that was read');
  return locks.exclusively(pointId, async () => {
    const begun = await store.begin(intentOf(step, known, isolationsAnHour));
    if (!begun.ok) return { step, kind: 'refused', reason: begun.reason, message: begun.reason };
    const { attemptId, fence } = begun;
    await store.sent(attemptId);
    try {
      await point.driver.apply(step.step, { pointId, number: fence });
      return { step, kind: 'done', attemptId, at: now(), bootId: reading.bootId };
    } catch (error) {
      // A fault that is no DriverError says nothing about the point: the attempt stays `sent` and is read back.
      if (!(error instanceof DriverError)) throw error;
      return { step, kind: 'failed', attemptId, code: error.code, retry: error.retry };
    }
  });
}

function intentOf(
  step: AllowedStep,
  { deviceId, wanted }: Known & { wanted: Isolation },
  isolationsAnHour: number,
): Intent {
  return {
    deviceId,
    quarantineId: wanted.quarantineId,
    epoch: wanted.epoch,
    generation: wanted.generation,
    step,
    evenIfFrozen: wanted.mode === 'release',
    isolationsAnHour,
  };
}

function isRead(reading: PointReading | DriverError | undefined): reading is PointReading {
  return reading !== undefined && !(reading instanceof Error);
}
