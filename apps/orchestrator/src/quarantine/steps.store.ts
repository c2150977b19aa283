import type { EntityManager } from 'typeorm';
import { newId } from '#events';
import { addApproval, spendApprovals } from '../approval/approval.store.js';
import { permitsOf } from '../contract/permits.js';
import { takeLimits } from '../limits/limit.store.js';
import { scopesOf } from '../limits/scopes.js';
import type { Verdict } from '../policy/evaluate.js';
import type { PolicyInForce } from '../policy/policy.js';
import { applyOf, previewOf, releaseOf } from '../wanted/wish.js';
import { wantIsolation, wantPreview } from '../wanted/wanted.store.js';
import { macsOf } from './next-step.js';
import { insertQuarantine, moveQuarantine, noteOnQuarantine, type Changes } from './quarantine.store.js';
import { recordChange, type Deciding } from './record.store.js';
import type { Quarantine, Situation } from './situation.js';

/** A transaction that decides, under the writer lock, with the situation that it has read after taking the lock. */
export interface Act extends Deciding {
  manager: EntityManager;
  situation: Situation;
  inForce: PolicyInForce;
}

/** The quarantine was read under the writer lock, so nobody can have moved it since: if somebody has, that is a fault. */
function moved(quarantine: Quarantine | null): Quarantine {
  if (!quarantine) throw new TypeError('a quarantine was moved without the writer lock');
  return quarantine;
}

/** Asks for an isolation: the quarantine begins, and its preview is published at once. */
export async function propose(act: Act, verdict: Verdict): Promise<Quarantine | null> {
  const { manager, situation, inForce, actor, reason, now } = act;
  const made = await insertQuarantine(manager, {
    id: newId(),
    deviceId: situation.device.deviceId,
    requestedBy: actor,
    reason,
    ...weighed(act, verdict),
    policy_version: inForce.version,
    ...wished(situation),
    proposedAt: now,
    lapseAt: after(now, verdict.terms.lapseAfter),
  });
  if (!made) return null;
  await wantPreview(manager, previewOf(made, frozen(situation)), now);
  await recordChange(manager, 'proposed', made, situation.device, act);
  return made;
}

/** Asks for a new plan, because what would be wanted has changed: approvals of the old plan no longer count. */
export async function renew(act: Act, quarantine: Quarantine, verdict: Verdict): Promise<Quarantine> {
  const { manager, situation, inForce, now } = act;
  const changes: Changes = {
    ...weighed(act, verdict),
    policy_version: inForce.version,
    ...wished(situation),
    plan_digest: null,
  };
  const renewed = { ...moved(await noteOnQuarantine(manager, quarantine, changes, true)), plan: null };
  await wantPreview(manager, previewOf(renewed, frozen(situation)), now);
  await recordChange(manager, 'proposed', renewed, situation.device, act);
  return renewed;
}

/** Keeps the newest assessment with an undecided proposal. */
export async function reweigh(act: Act, quarantine: Quarantine, verdict: Verdict): Promise<Quarantine> {
  return moved(await noteOnQuarantine(act.manager, quarantine, weighed(act, verdict)));
}

/**
 * Decides the isolation: takes the limits, moves the quarantine and wants it applied. `refused`: the scope whose limit
 * is reached; then nothing was changed.
 */
export async function decide(
  act: Act,
  quarantine: Quarantine,
  changes: Changes,
): Promise<{ quarantine: Quarantine } | { refused: string }> {
  const { manager, situation, inForce, actor, now } = act;
  if (!quarantine.plan || !quarantine.planDigest) throw new TypeError('nothing is decided without a plan');
  const scopes = scopesOf(inForce.policy.limits, situation.device, quarantine.plan);
  const refused = await takeLimits(manager, scopes, now);
  if (refused) return { refused };
  const terms = changes.terms ?? quarantine.terms;
  const approved = moved(
    await moveQuarantine(
      manager,
      quarantine,
      'approved',
      {
        ...changes,
        ...decidedBy(act),
        truth: 'intended',
        refusal: null,
        lapse_at: null,
        review_at: after(now, terms.reviewAfter),
      },
      true,
    ),
  );
  const binding = {
    quarantineId: approved.id,
    planDigest: quarantine.planDigest,
    policyVersion: approved.policyVersion,
  };
  await addApproval(manager, binding, actor, act.reason, now);
  await wantIsolation(manager, applyOf(approved, frozen(situation)), now);
  await recordChange(manager, 'approved', approved, situation.device, act);
  return { quarantine: approved };
}

/** Ends a proposal: rejected, withdrawn or lapsed. Nothing was wanted yet but a preview. */
export async function end(
  act: Act,
  quarantine: Quarantine,
  to: 'rejected' | 'withdrawn' | 'lapsed',
): Promise<Quarantine> {
  const changes: Changes = { ...decidedBy(act), lapse_at: null };
  const ended = moved(await moveQuarantine(act.manager, quarantine, to, changes, false));
  await recordChange(act.manager, to, ended, act.situation.device, act);
  return ended;
}

/** Lets the device back: our overlay goes. Frozen or not, enforcement writes a release. */
export async function release(act: Act, quarantine: Quarantine): Promise<Quarantine> {
  const { manager, situation, inForce, now } = act;
  await manager.query('DELETE FROM conditions WHERE quarantine_id = $1', [quarantine.id]);
  const released = moved(
    await moveQuarantine(
      manager,
      quarantine,
      'released',
      {
        ...decidedBy(act),
        truth: 'intended',
        weakest_mac: null,
        refusal: null,
        released_at: now,
        review_at: null,
        close_at: after(now, inForce.policy.probation),
      },
      true,
    ),
  );
  await wantIsolation(manager, releaseOf(released, frozen(situation)), now);
  await recordChange(manager, 'released', released, situation.device, act);
  return released;
}

/**
 * The plan changed before the first write: back to people with a new preview. The refused isolation is replaced by a
 * release, so that nothing is applied later under an approval that no longer holds.
 */
export async function reopen(act: Act, quarantine: Quarantine, verdict: Verdict): Promise<Quarantine> {
  const { manager, situation, inForce, now } = act;
  const withdrawn = moved(await noteOnQuarantine(manager, quarantine, {}, true));
  await wantIsolation(manager, releaseOf(withdrawn, frozen(situation)), now);
  await manager.query('DELETE FROM conditions WHERE quarantine_id = $1', [quarantine.id]);
  await spendApprovals(manager, quarantine.id, now);
  const changes: Changes = {
    ...weighed(act, verdict),
    ...decidedBy(act),
    policy_version: inForce.version,
    ...wished(situation),
    truth: 'intended',
    plan_digest: null,
    review_at: null,
    lapse_at: after(now, verdict.terms.lapseAfter),
  };
  const reopened = {
    ...moved(await moveQuarantine(manager, withdrawn, 'proposed', changes, true)),
    plan: null,
  };
  await wantPreview(manager, previewOf(reopened, frozen(situation)), now);
  await recordChange(manager, 'proposed', reopened, situation.device, act);
  return reopened;
}

/** Closes a released quarantine. */
export async function close(act: Act, quarantine: Quarantine): Promise<Quarantine> {
  const changes: Changes = { ...decidedBy(act), close_at: null };
  const closed = moved(await moveQuarantine(act.manager, quarantine, 'closed', changes, false));
  await recordChange(act.manager, 'closed', closed, act.situation.device, act);
  return closed;
}

/** ReviewDue moves no device: it stays isolated, and people are told until one decides. */
export async function noteReviewDue(act: Act, quarantine: Quarantine): Promise<void> {
  await act.manager.query(
    `INSERT INTO conditions (quarantine_id, condition, observer, reason, since) VALUES ($1, 'ReviewDue', 'orchestrator', $2, $3)
     ON CONFLICT DO NOTHING`,
    [quarantine.id, act.reason, act.now],
  );
  const noted = moved(await noteOnQuarantine(act.manager, quarantine, {}));
  await recordChange(act.manager, 'condition-changed', noted, act.situation.device, act);
}

export function frozen({ killSwitch, held }: Situation): boolean {
  return killSwitch || held;
}

/** What a verdict and its assessment say of the proposal. */
export function weighed({ situation: { assessment } }: Pick<Act, 'situation'>, verdict: Verdict) {
  return {
    rule: verdict.rule,
    terms: verdict.terms,
    level: verdict.level,
    log_odds: assessment?.logOdds ?? 0,
    in_words: assessment?.inWords ?? 'nothing is known against it',
    assessment,
  };
}

function wished({ contract, device, epoch }: Situation) {
  return { macs: macsOf(device), permits: permitsOf(contract.flows, device.interfaces), epoch };
}

function decidedBy({ actor, now }: Act): Changes {
  return { decided_at: now, decided_by: actor.name, decided_role: actor.role };
}

function after(now: Date, milliseconds: number): Date {
  return new Date(now.getTime() + milliseconds);
}
