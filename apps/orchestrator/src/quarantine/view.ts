import type { Condition, DeviceChanged } from '#events';
import type { DailyFlow, QuarantineSummary } from '../queries.js';
import type { Quarantine } from './situation.js';

/** A quarantine as lists show it. */
export function summaryOf(
  quarantine: Quarantine,
  device: DeviceChanged['data'],
  approvalsGiven: number,
  conditions: readonly { condition: string; reason: string; since: string; observer: string }[],
): QuarantineSummary {
  return {
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
    weakestMac: quarantine.weakestMac,
    conditions: conditions.map((one) => ({
      ...one,
      condition: one.condition as Condition,
      since: new Date(one.since).toISOString(),
    })),
    level: quarantine.level,
    logOdds: Math.round(quarantine.logOdds * 10) / 10,
    inWords: quarantine.inWords,
    approvalsNeeded: quarantine.terms.approvals.count,
    approvalsGiven,
    proposedAt: quarantine.proposedAt.toISOString(),
    decidedAt: quarantine.decidedAt?.toISOString() ?? null,
  };
}

/** Whether a flow of the last days stays open in quarantine: it is a permit that the plan does not cut. */
export function isKept(flow: DailyFlow, { permits, plan }: Pick<Quarantine, 'permits' | 'plan'>): boolean {
  const cut = plan?.cut ?? [];
  return permits.some(
    (permit) =>
      permit.peerAddress === flow.peerAddress &&
      permit.transport === flow.transport &&
      permit.port === flow.port &&
      permit.opener === flow.opener &&
      !cut.includes(permit.flowId),
  );
}
