import { DriverError } from '#driver';
import type { PointLocks } from '../apply/point-locks.js';
import { releaseSteps } from '../plan/release-steps.js';
import { servingPoint } from '../plan/serving.js';
import type { PendingStep } from '../plan/pending-step.js';
import type { Applied } from '../plan/planned.js';
import type { Point, Readings } from '../read/point.js';
import type { DrillRequest, Written } from './drill.js';
import type { DrillsStore } from './drills.store.js';
import { pause } from './probing.js';

/** What drills write with: the loop's own points and locks, and their own memory. */
export interface Writing {
  store: Pick<DrillsStore, 'renew' | 'begin' | 'ended'>;
  points: ReadonlyMap<string, Point>;
  locks: PointLocks;
  now: () => Date;
}

/** The drill is another replica's by now: nothing may be written any more. */
export class DrillLost extends Error {
  readonly code = 'drill-lost';
  readonly retry = 'permanent' as const;
}

const RELEASE_PAUSE_MS = 200;

/** A fresh reading of each of these points, or its fault. */
export async function readAll(points: Iterable<Point>, mac: string): Promise<Readings> {
  const read = [...points].map(async ({ facts, driver }) => {
    const reading = await driver.read([mac]).catch((error: unknown) => {
      if (error instanceof DriverError) return error;
      throw error;
    });
    return [facts.id, reading] as const;
  });
  return new Map(await Promise.all(read));
}

/**
 * Takes one step, by the log and under the point's lock like any other write. The fault, or null; after a fault the next
 * reading tells what is true.
 */
export async function take(
  request: DrillRequest,
  step: PendingStep,
  { store, points, locks, now }: Writing,
): Promise<DriverError | null> {
  const point = points.get(step.pointId);
  if (!point) throw new Error('a step needs its point');
  return locks.exclusively(step.pointId, async () => {
    if (!(await store.renew(request.drillId))) throw new DrillLost('another replica has the drill');
    const { attemptId, fence } = await store.begin(request, 1, step, now());
    const fault = await point.driver.apply(step.step, { pointId: step.pointId, number: fence }).then(
      () => null,
      (error: unknown) => {
        if (error instanceof DriverError) return error;
        throw error;
      },
    );
    await store.ended(attemptId, fault?.code ?? null, now());
    return fault;
  });
}

/**
 * Takes away everything that a drill has written, and looks until nothing of it is left. Null: it is gone. A text: why it
 * is not yet by the deadline; then it has to be tried again.
 */
export async function release(
  request: DrillRequest,
  written: Written,
  writing: Writing,
  deadline: number,
): Promise<string | null> {
  const { isolation, pointId } = written;
  const { mac, deviceNumber } = isolation;
  const serving = servingPoint(writing.points, isolation.switch);
  if (!serving) return `no point serves ${isolation.switch} any more`;
  const points = new Map(
    [serving.point, ...(serving.policy ? [serving.policy] : [])].map((one) => [one.facts.id, one]),
  );
  let applied: Applied = { pointId, isolation, renewed: null };
  for (;;) {
    if (!(await writing.store.renew(request.drillId))) throw new DrillLost('another replica has the drill');
    const readings = await readAll(points.values(), mac);
    const fault = [...readings.values()].find((one) => one instanceof DriverError);
    const input = { readings, points, applied: new Map([[mac, applied]]), left: [], now: writing.now() };
    const [step] = releaseSteps(new Map([[mac, deviceNumber]]), input);
    if (!fault && !step && !stillIsolated(readings, mac)) return null;
    if (writing.now().getTime() > deadline) return fault?.message ?? 'a session still carries the isolation';
    const failed = step ? await take(request, step, { ...writing, points }) : null;
    if (step?.step.kind === 'renew-session' && !failed) {
      applied = { ...applied, renewed: { sessionId: step.step.sessionId, at: writing.now() } };
    }
    if (fault || !step || failed) await pause(RELEASE_PAUSE_MS);
  }
}

function stillIsolated(readings: Readings, mac: string): boolean {
  return [...readings.values()].some(
    (one) => !(one instanceof DriverError) && one.sessions.some((session) => session.mac === mac && session.isolated),
  );
}
