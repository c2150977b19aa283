import { apply } from './apply/apply.js';
import type { StepOutcome } from './apply/outcome.js';
import { check, type Verdict } from './check/check.js';
import { due, type Due } from './due.js';
import type { Known } from './known.js';
import type { Loop } from './loop.js';
import { plan as planIsolation } from './plan/plan.js';
import type { Plan } from './plan/planned.js';
import { planInput, stepInput } from './plan/plan-input.js';
import { releaseSteps } from './plan/release-steps.js';
import type { PendingStep, StepInput } from './plan/pending-step.js';
import { pendingSteps } from './plan/steps.js';
import { answerPreview } from './preview.js';
import type { Readings } from './read/point.js';
import { readPoints } from './read/read-points.js';
import { prove } from './prove/prove.js';
import { isolationEvents } from './seen/events.js';
import { stateFor } from './seen/state.js';
import type { Isolation } from './wanted/wanted.js';

/**
 * Enforcement in one function: read → plan → check → apply → prove. It knows nothing but the device's id and looks at
 * everything afresh, so it may be called at any time, after any crash, as often as one likes. One call takes at most one
 * step of each interface; the reading of the next call is that step's read-back.
 */
export async function reconcile(deviceId: string, loop: Loop): Promise<Due> {
  const known = await loop.store.load(deviceId);
  if (!known) return { kind: 'leased-elsewhere' };
  const planned = known.preview ? await answerPreview(known, known.preview, loop) : true;
  if (!isWanted(known)) return planned ? { kind: 'idle' } : { kind: 'failed' };
  const wished = { ...known, state: stateFor(known.state, known.wanted) };

  const readings = await readPoints(wished, wished.wanted, loop.points, loop.reader);
  const plan = isLifting(wished) ? null : planIsolation(planInput(wished, wished.wanted, readings, loop.points));
  const verdict = verdictOf(wished, plan, readings, loop);
  const outcomes = await apply(verdict.steps, wished, plan, readings, {
    ...loop,
    isolationsAnHour: loop.interlocks.isolationsAnHour,
  });
  const now = loop.now();
  const evidence = { proofs: wished.proofs, observers: wished.observers, outcomes, startedAt: loop.startedAt, now };
  const next = prove({ known: wished, plan, readings, points: loop.points, verdict, evidence });

  const { events, revision } = isolationEvents(known.state, next.state, now);
  const state = { ...next.state, revision };
  await loop.store.save({ state, outcomes, proofs: next.proofs, events });
  report(wished, state, outcomes, loop);
  return due({ state, outcomes, readings, observers: wished.observers, now });
}

type Wished = Known & { wanted: Isolation };

function isWanted(known: Known): known is Wished {
  return known.wanted !== null;
}

/** The overlay goes: people have released the device, or its isolation broke the clinic and policy says to lift it. */
function isLifting({ wanted, state }: Wished): boolean {
  return wanted.mode === 'release' || state.liftedFor === wanted.quarantineId;
}

function verdictOf(known: Wished, plan: Plan | null, readings: Readings, loop: Loop): Verdict {
  const { points, interlocks } = loop;
  const input = stepInput(known, readings, points, loop.now());
  if (plan === null) {
    const steps = releaseSteps(known.numbers, input).map((step) => ({ ...step, putsBack: null }));
    return { steps, refusals: [], findings: [] };
  }
  const pending = [...pendingSteps(plan, input), ...unwanted(known, input)];
  return check({ known, plan, pending, readings, points, interlocks });
}

/** What interfaces have left that the wish no longer names. */
function unwanted(known: Wished, input: StepInput): PendingStep[] {
  const others = new Map([...known.numbers].filter(([mac]) => !known.wanted.macs.includes(mac)));
  return releaseSteps(others, input, 'clean');
}

function report(
  { deviceId, state: before }: Wished,
  state: Known['state'],
  outcomes: readonly StepOutcome[],
  loop: Loop,
): void {
  const { generation, truth, refusal } = state;
  for (const outcome of outcomes) {
    const { pointId, step, purpose } = outcome.step;
    const reason = outcome.kind === 'failed' ? outcome.code : outcome.kind === 'refused' ? outcome.reason : undefined;
    loop.logger.info(
      { deviceId, generation, pointId, step: step.kind, purpose, outcome: outcome.kind, reason },
      'step',
    );
  }
  if (truth === before.truth && refusal === before.refusal) return;
  const conditions = state.conditions.map((one) => one.condition);
  loop.logger.info({ deviceId, generation, mode: state.mode, truth, refusal, conditions }, 'isolation changed');
}
