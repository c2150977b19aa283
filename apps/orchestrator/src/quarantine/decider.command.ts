import type { EntityManager } from 'typeorm';
import type { SeenIsolation, SeenPlan } from '#events';
import { lockWriter } from '../audit/audit.store.js';
import { ENFORCEMENT, ORCHESTRATOR, POLICY } from '../commands.js';
import { noticeOf, type Notice } from '../notify/notice.js';
import { evaluate } from '../policy/evaluate.js';
import type { PolicyInForce } from '../policy/policy.js';
import type { Finding } from '../queries.js';
import { keepPlan, keepSeen } from '../wanted/wanted.store.js';
import { nextStep, type NextStep } from './next-step.js';
import { noteOnQuarantine } from './quarantine.store.js';
import { recordChange } from './record.store.js';
import { keepReport } from './report.store.js';
import { readSituation } from './situation.store.js';
import type { Situation } from './situation.js';
import * as steps from './steps.store.js';
import type { UndoSheets } from './undo-sheets.store.js';

/** What came of looking at a device again: what people must be told after the commit, and what stood in the way. */
export interface Outcome {
  notices: Notice[];
  findings: Finding[];
}

const NOTHING: Outcome = { notices: [], findings: [] };

/**
 * Decides about a device by itself. Each method runs in the caller's transaction, takes the writer lock, reads the
 * situation anew and takes the one next step, so that an event that comes twice, late or never decides nothing twice.
 */
export class Decider {
  constructor(
    readonly inForce: PolicyInForce,
    private readonly undoSheets: UndoSheets,
  ) {}

  /** Something about the device may have changed. */
  async reconsider(manager: EntityManager, deviceId: string, now: Date): Promise<Outcome> {
    await lockWriter(manager);
    const situation = await readSituation(manager, deviceId);
    if (!situation) return NOTHING;
    const step = nextStep(this.inForce, situation, now);
    return this.take(step, { manager, situation, inForce: this.inForce, actor: POLICY, reason: '', now });
  }

  /**
   * Enforcement has made the plan of a preview. The policy decides at once on what is known by now; a proposal that is
   * left to people is told again, now with the plan that they have to look at.
   */
  async takePlan(manager: EntityManager, plan: SeenPlan['data'], now: Date): Promise<Outcome> {
    await lockWriter(manager);
    if (!(await keepPlan(manager, plan, now))) return NOTHING;
    const situation = await readSituation(manager, plan.deviceId);
    const asked = situation?.open;
    if (!situation || asked?.id !== plan.quarantineId || asked.decision !== 'proposed') return NOTHING;
    const undo = plan.undo.join('\n');
    const noted = await noteOnQuarantine(manager, asked, { plan_digest: plan.planDigest, undo });
    if (!noted) throw new TypeError('a quarantine was moved without the writer lock');
    this.undoSheets.write(situation.device, noted.id, plan.undo);
    const planned = { ...situation, open: { ...noted, plan } };
    const step = nextStep(this.inForce, planned, now);
    if (step.kind === 'none' || step.kind === 'reweigh') {
      const told = { actor: ENFORCEMENT, reason: 'the plan is made', now };
      await recordChange(manager, 'proposed', planned.open, situation.device, told);
    }
    return this.take(step, { manager, situation: planned, inForce: this.inForce, actor: POLICY, reason: '', now });
  }

  /** Enforcement reports what it has seen of an isolation or a release. */
  async takeSeen(manager: EntityManager, seen: SeenIsolation['data'], now: Date): Promise<Outcome> {
    await lockWriter(manager);
    await keepSeen(manager, seen, now);
    const situation = await readSituation(manager, seen.deviceId);
    const open = situation?.open;
    if (!situation || open?.id !== seen.quarantineId) return NOTHING;
    if (open.epoch !== seen.epoch || open.generation !== seen.generation || open.decision === 'proposed')
      return NOTHING;
    const act = {
      manager,
      situation,
      inForce: this.inForce,
      actor: ENFORCEMENT,
      now,
    };
    if (open.decision === 'approved' && seen.refusal?.startsWith('plan-changed')) {
      const verdict = evaluate(this.inForce.policy, situation.device, situation.assessment);
      const reason = 'the plan has changed before the first write';
      const reopened = await steps.reopen({ ...act, reason }, open, verdict);
      return { notices: [noticeOf('proposal', reopened, situation.device, reason)], findings: [] };
    }
    return { notices: await keepReport({ ...act, reason: '' }, open, seen), findings: [] };
  }

  private async take(step: NextStep, act: steps.Act): Promise<Outcome> {
    const { situation } = act;
    const open = situation.open;
    switch (step.kind) {
      case 'none':
        return { notices: [], findings: step.findings };
      case 'propose':
        return this.propose(step, act);
      case 'renew':
        await steps.renew({ ...act, reason: step.why }, required(open), step.verdict);
        return NOTHING;
      case 'reweigh':
        await steps.reweigh(act, required(open), step.verdict);
        return { notices: [], findings: step.findings };
      case 'approve':
        return this.approve(step, act);
      case 'withdraw':
        await steps.end({ ...act, reason: step.why }, required(open), 'withdrawn');
        return NOTHING;
      case 'lapse':
        await steps.end({ ...act, actor: ORCHESTRATOR, reason: 'nobody answered in time' }, required(open), 'lapsed');
        return NOTHING;
      case 'review-due':
        return this.reviewDue(act);
      case 'close':
        await steps.close({ ...act, actor: ORCHESTRATOR, reason: step.why }, required(open));
        return this.reconsider(act.manager, situation.device.deviceId, act.now);
    }
  }

  private async propose({ verdict }: NextStep, act: steps.Act): Promise<Outcome> {
    const made = await steps.propose({ ...act, reason: `rule ${verdict.rule}` }, verdict);
    if (!made) return NOTHING;
    const sentence = act.situation.assessment?.sentence ?? '';
    return { notices: [noticeOf('proposal', made, act.situation.device, sentence)], findings: [] };
  }

  /** The policy decides alone, on the plan at hand. A limit that is reached leaves it to people, and to a later hour. */
  private async approve({ verdict }: NextStep, act: steps.Act): Promise<Outcome> {
    const decided = await steps.decide(
      { ...act, reason: `rule ${verdict.rule}` },
      required(act.situation.open),
      steps.weighed(act, verdict),
    );
    if ('refused' in decided) {
      const reason = 'limit-reached';
      return { notices: [], findings: [{ reason, message: `The limit of ${decided.refused} is reached.` }] };
    }
    const sentence = act.situation.assessment?.sentence ?? '';
    return { notices: [noticeOf('isolated', decided.quarantine, act.situation.device, sentence)], findings: [] };
  }

  private async reviewDue(act: steps.Act): Promise<Outcome> {
    const reason = 'the isolation is due for review; it stays until somebody decides';
    const open = required(act.situation.open);
    await steps.noteReviewDue({ ...act, actor: ORCHESTRATOR, reason }, open);
    return { notices: [noticeOf('ReviewDue', open, act.situation.device, reason)], findings: [] };
  }
}

function required(open: Situation['open']): NonNullable<Situation['open']> {
  if (!open) throw new TypeError('this step needs an open quarantine');
  return open;
}
