import type { DataSource, EntityManager } from 'typeorm';
import { inTransaction } from '#storage';
import { addApproval, readApprovals } from '../approval/approval.store.js';
import { lockWriter } from '../audit/audit.store.js';
import {
  QuarantineCommands,
  type Actor,
  type ApprovalRequest,
  type ApproveProblem,
  type Decided,
  type OpenProblem,
  type RejectProblem,
  type ReleaseProblem,
  type Result,
} from '../commands.js';
import { mayApprove, refusalOfApproval, refused } from '../approval/approval.js';
import { noticeOf, type Notifier } from '../notify/notice.js';
import { evaluate } from '../policy/evaluate.js';
import type { PolicyInForce } from '../policy/policy.js';
import { TO_OPEN, firstFinding } from './findings.js';
import { noteOnQuarantine } from './quarantine.store.js';
import { recordChange } from './record.store.js';
import { deviceOf, readSituation } from './situation.store.js';
import type { Quarantine, Situation } from './situation.js';
import * as steps from './steps.store.js';

interface Found {
  manager: EntityManager;
  situation: Situation;
  quarantine: Quarantine;
  now: Date;
}

/** People's commands, on PostgreSQL. Each reads the situation under the writer lock and decides on that. */
export class StoredQuarantineCommands extends QuarantineCommands {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inForce: PolicyInForce,
    private readonly notifier: Notifier,
  ) {
    super();
  }

  override async open(deviceId: string, reason: string, actor: Actor): Promise<Result<Decided, OpenProblem>> {
    const made = await this.decide(async (manager, now) => {
      const situation = await readSituation(manager, deviceId);
      if (!situation) return refused('not-found', 'There is no such device.');
      if (situation.open) return refused('quarantine-open', `Quarantine ${situation.open.id} of this device is open.`);
      const verdict = evaluate(this.inForce.policy, situation.device, situation.assessment);
      const finding = firstFinding(TO_OPEN, { policy: this.inForce.policy, verdict, situation });
      if (finding) return refused(finding.reason as OpenProblem, finding.message);
      const act = { manager, situation, inForce: this.inForce, actor, reason, now };
      const quarantine = await steps.propose(act, verdict);
      if (!quarantine) return refused('quarantine-open', 'Another quarantine of this device has just begun.');
      return { ok: true as const, value: { quarantine, device: situation.device } };
    });
    if (!made.ok) return made;
    this.notifier.tell(noticeOf('proposal', made.value.quarantine, made.value.device, reason));
    return { ok: true, value: decided(made.value.quarantine) };
  }

  override approve(
    id: string,
    request: ApprovalRequest,
    actor: Actor,
  ): Promise<Result<Decided & { given: number; needed: number }, ApproveProblem>> {
    return this.onQuarantine<Decided & { given: number; needed: number }, ApproveProblem>(id, actor, async (found) => {
      const { manager, situation, quarantine, now } = found;
      const verdict = evaluate(this.inForce.policy, situation.device, situation.assessment);
      const input = { policy: this.inForce.policy, verdict, situation };
      const binding = { quarantineId: id, planDigest: request.planDigest, policyVersion: request.policyVersion };
      const approvals = await readApprovals(manager, binding);
      const refusal = refusalOfApproval(input, this.inForce.version, request, actor, approvals);
      if (refusal) return { ok: false, refusal };
      const given = approvals.length + 1;
      const needed = quarantine.terms.approvals.count;
      const act = { manager, situation, inForce: this.inForce, actor, reason: request.reason, now };
      if (given < needed) {
        await addApproval(manager, binding, actor, request.reason, now);
        const counted = await this.count(act, quarantine);
        return { ok: true, value: { ...decided(counted), given, needed } };
      }
      const result = await steps.decide(act, quarantine, {});
      if ('refused' in result) {
        return refused('limit-reached', `The limit of isolations an hour of ${result.refused} is reached.`);
      }
      return { ok: true, value: { ...decided(result.quarantine), given, needed } };
    });
  }

  override reject(id: string, reason: string, actor: Actor): Promise<Result<Decided, RejectProblem>> {
    return this.onQuarantine<Decided, RejectProblem>(id, actor, async ({ quarantine, ...found }) => {
      if (quarantine.decision !== 'proposed') return refused('already-decided', `It is ${quarantine.decision}.`);
      const act = { ...found, inForce: this.inForce, actor, reason };
      return { ok: true, value: decided(await steps.end(act, quarantine, 'rejected')) };
    });
  }

  override release(id: string, reason: string, actor: Actor): Promise<Result<Decided, ReleaseProblem>> {
    return this.onQuarantine<Decided, ReleaseProblem>(id, actor, async ({ quarantine, ...found }) => {
      if (quarantine.decision !== 'approved') return refused('not-approved', `It is ${quarantine.decision}.`);
      const act = { ...found, inForce: this.inForce, actor, reason };
      return { ok: true, value: decided(await steps.release(act, quarantine)) };
    });
  }

  /** An approval that is not the last: the proposal is told again, with how many have agreed. */
  private async count(act: steps.Act, quarantine: Quarantine): Promise<Quarantine> {
    const counted = await noteOnQuarantine(act.manager, quarantine, {});
    if (!counted) throw new TypeError('a quarantine was moved without the writer lock');
    await recordChange(act.manager, 'proposed', counted, act.situation.device, act);
    return counted;
  }

  private decide<T>(work: (manager: EntityManager, now: Date) => Promise<T>): Promise<T> {
    return inTransaction(this.dataSource, async (manager) => {
      await lockWriter(manager);
      return work(manager, new Date());
    });
  }

  /** For approvers' commands: finds the quarantine, wherever it stands. One that is over is `already-decided`. */
  private onQuarantine<T, P extends RejectProblem | ReleaseProblem | ApproveProblem>(
    id: string,
    actor: Actor,
    work: (found: Found) => Promise<Result<T, P>>,
  ): Promise<Result<T, P | 'not-found' | 'forbidden'>> {
    return this.decide(async (manager, now): Promise<Result<T, P | 'not-found' | 'forbidden'>> => {
      if (!mayApprove(actor)) return refused('forbidden', 'This needs the role approver.');
      const deviceId = await deviceOf(manager, id);
      const situation = deviceId === null ? null : await readSituation(manager, deviceId, id);
      if (!situation?.open) return refused('not-found', 'There is no such quarantine.');
      return work({ manager, situation, quarantine: situation.open, now });
    });
  }
}

function decided({ id, version, decision }: Quarantine): Decided {
  return { quarantineId: id, version, decision };
}
