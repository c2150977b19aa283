import { makeEvent, type WantedIsolation, type WantedPreview } from '#events';
import type { Quarantine } from '../quarantine/situation.js';

const SOURCE = '/orchestrator' as const;

export type PreviewData = WantedPreview['data'];
export type IsolationData = WantedIsolation['data'];

/** The preview of a proposal: asks enforcement for a plan and touches nothing. */
export function previewOf(quarantine: Quarantine, frozen: boolean): PreviewData {
  return { ...terms(quarantine), mode: 'preview', frozen, permits: quarantine.permits };
}

/** The isolation that was approved, bound to the plan that people or the policy saw. */
export function applyOf(quarantine: Quarantine, frozen: boolean): IsolationData {
  return {
    ...terms(quarantine),
    mode: 'apply',
    frozen,
    planDigest: quarantine.planDigest,
    permits: quarantine.permits,
  };
}

/** Our overlay goes and nothing else: no permits, and no plan to be bound to. */
export function releaseOf(quarantine: Quarantine, frozen: boolean): IsolationData {
  return { ...terms(quarantine), mode: 'release', frozen, planDigest: null, permits: [] };
}

export function previewEvent(data: PreviewData, time: Date): WantedPreview {
  const partitionKey = `${data.deviceId}/preview`;
  return makeEvent({
    type: 'lazaret.wanted.preview',
    source: SOURCE,
    subject: data.deviceId,
    partitionKey,
    time,
    data,
  });
}

export function isolationEvent(data: IsolationData, time: Date): WantedIsolation {
  return makeEvent({ type: 'lazaret.wanted.isolation', source: SOURCE, subject: data.deviceId, time, data });
}

function terms(quarantine: Quarantine) {
  return {
    deviceId: quarantine.deviceId,
    quarantineId: quarantine.id,
    epoch: quarantine.epoch,
    generation: quarantine.generation,
    policyVersion: quarantine.policyVersion,
    requireQuarantineVlan: quarantine.terms.requireQuarantineVlan,
    maxInterruptionMs: quarantine.terms.maxInterruptionMs,
    onClinicalBroken: quarantine.terms.onClinicalBroken,
    macs: quarantine.macs,
  };
}
