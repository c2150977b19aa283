import { interlocked } from './check/interlocks.js';
import type { Refusal } from './check/refusal.js';
import type { Known } from './known.js';
import type { Loop } from './loop.js';
import { planText } from './plan/digest.js';
import { MODES_BY_INTERRUPTION, honest } from './plan/modes.js';
import { planInput } from './plan/plan-input.js';
import { plan as planIsolation } from './plan/plan.js';
import type { Plan } from './plan/planned.js';
import type { Readings } from './read/point.js';
import { interfaceOf } from './read/location.js';
import { readPoints } from './read/read-points.js';
import { planEvent } from './seen/events.js';
import type { Preview } from './wanted/wanted.js';

/**
 * Answers a request for a plan: reads and plans, and touches nothing. False: a point can't be read, or nobody has said yet
 * where an interface is plugged in (topics have no order among each other), so what was answered holds only for now, and
 * the request stays open.
 */
export async function answerPreview(known: Known, preview: Preview, loop: Loop): Promise<boolean> {
  const readings = await readPoints(known, preview, loop.points, loop.reader);
  const plan = planIsolation(planInput(known, preview, readings, loop.points));
  const refusals = refusalsOf(known, plan, readings, loop);
  const shown = { ...plan, refusedModes: [...plan.refusedModes, ...refusals.flatMap(asRefusedModes)] };
  const refused = plan.interfaces.length > 0 && refusals.length === plan.interfaces.length;
  const revision = known.state.revision + 1;
  const isReadable = [...readings.values()].every((one) => !(one instanceof Error));
  const isFinal = isReadable && preview.macs.every((mac) => interfaceOf(known.location, mac)?.pointId);
  await loop.store.answer({
    isFinal,
    deviceId: known.deviceId,
    epoch: preview.epoch,
    generation: preview.generation,
    digest: plan.digest,
    planText: planText(plan),
    revision,
    events: [planEvent(shown, preview, revision, refused, loop.now())],
  });
  known.state = { ...known.state, revision };
  return isFinal;
}

/** People should learn now, not after their approval, that an interlock would refuse it. */
function refusalsOf(known: Known, plan: Plan, readings: Readings, { points, interlocks }: Loop): Refusal[] {
  return plan.interfaces.flatMap((planned) => {
    const point = points.get(planned.pointId);
    const reading = readings.get(planned.pointId);
    if (!point || !reading || reading instanceof Error) return [];
    const { location, neighbours } = known;
    const { perSession } = honest(point.profile);
    const question = {
      planned,
      location,
      neighbours,
      reading,
      facts: point.facts,
      perSession,
      applied: false,
      interlocks,
    };
    return interlocked(question) ?? [];
  });
}

function asRefusedModes({ mac, reason }: Refusal): Plan['refusedModes'] {
  return MODES_BY_INTERRUPTION.map((planMode) => ({ mac, planMode, reason }));
}
