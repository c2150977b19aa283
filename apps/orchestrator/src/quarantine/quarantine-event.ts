import { makeEvent, type Condition, type QuarantineChange, type QuarantineEvent } from '#events';
import type { Actor } from '../commands.js';
import type { Quarantine, Situation } from './situation.js';

/** What an event says beside the quarantine itself: who moved it, why, and what stands beside it in other tables. */
export interface Occasion {
  change: QuarantineChange;
  actor: Actor;
  reason: string;
  at: Date;
  conditions: Condition[];
  approvalsGiven: number;
}

/** The event of a change. All changes of a quarantine have the same data, so that a rule needs no look-up. */
export function quarantineEvent(
  quarantine: Quarantine,
  device: Situation['device'],
  occasion: Occasion,
): QuarantineEvent {
  const { plan } = quarantine;
  const flows = new Set(quarantine.permits.map(({ flowId }) => flowId));
  const cut = plan?.cut.filter((flowId) => flows.has(flowId)).length ?? 0;
  const type: QuarantineEvent['type'] = `lazaret.quarantine.${occasion.change}`;
  return makeEvent({
    type,
    source: '/orchestrator',
    subject: quarantine.deviceId,
    time: occasion.at,
    data: {
      quarantineId: quarantine.id,
      version: quarantine.version,
      deviceId: quarantine.deviceId,
      asset: device.asset,
      name: device.name,
      modality: device.modality,
      criticality: device.criticality,
      site: device.site,
      ward: device.ward,
      decision: quarantine.decision,
      truth: quarantine.truth,
      conditions: occasion.conditions,
      actor: occasion.actor.name,
      actorRole: occasion.actor.role,
      reason: occasion.reason,
      approvalsNeeded: quarantine.decidedBy === 'policy' ? 1 : quarantine.terms.approvals.count,
      approvalsGiven: occasion.approvalsGiven,
      level: quarantine.level,
      logOdds: round(quarantine.logOdds),
      inWords: quarantine.inWords,
      planDigest: quarantine.planDigest,
      epoch: quarantine.epoch,
      generation: quarantine.generation,
      kept: flows.size - cut,
      cut,
      url: `/v1/quarantines/${quarantine.id}`,
      undo: `lazaret undo --offline ${device.asset ?? device.deviceId}`,
    },
  });
}

/** Decibans are shown to 0.1; they are compared unrounded. */
function round(decibans: number): number {
  return Math.round(decibans * 10) / 10;
}
