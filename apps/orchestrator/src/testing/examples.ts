import { randomUUID } from 'node:crypto';
import type {
  AssessmentChanged,
  DeviceChanged,
  PointReported,
  SeenIsolation,
  SeenPlan,
  WantedIsolation,
  WantedPreview,
} from '#events';
import { policyFile, policyVersion, type PolicyInForce } from '../policy/policy.js';

/** Events and rules to start from; each test says only what matters to it. */

export const ISOLATE_ALONE = {
  version: 1,
  defaults: { requireQuarantineVlan: true, maxInterruptionMs: 0 },
  rules: [
    { name: 'two-domains', when: { level: 'isolate', atLeastTrustDomains: 2 }, then: 'isolate' },
    { name: 'ask-people', when: { level: 'propose' }, then: 'propose' },
  ],
};

export function inForce(file: object = ISOLATE_ALONE): PolicyInForce {
  const policy = policyFile.parse(file);
  return { policy, version: policyVersion(policy) };
}

export function device(changes: Partial<DeviceChanged['data']> = {}): DeviceChanged['data'] {
  return {
    deviceId: randomUUID(),
    revision: 1,
    site: 'north',
    realm: 'default',
    asset: 'MRI-3',
    name: 'MRI 3',
    modality: 'MR',
    criticality: 'important',
    ward: 'radiology',
    aeTitles: ['MRI'],
    infrastructure: false,
    interfaces: [networkInterface('08:00:06:10:00:11', '10.10.0.11')],
    flows: [],
    ...changes,
  };
}

export function networkInterface(mac: string, address: string | null): DeviceChanged['data']['interfaces'][number] {
  return {
    mac,
    addressing: 'static',
    address,
    addressSince: '2026-01-05T07:59:00.000Z',
    pointId: 'ovs-1',
    port: 'wl-mri',
    vlan: 10,
    sessionId: null,
    linkUp: true,
    ambiguous: false,
    attachedSince: '2026-01-05T07:59:00.000Z',
    toldBy: 'ovs-1-ovsdb',
  };
}

/** A switch that a drill has confirmed; what it answers at the beginning of every test. */
export function point(changes: Partial<PointReported['data']> = {}): PointReported['data'] {
  const mode = { usable: true, interruptionMs: 0, callBacks: true, keepsAddress: true, reason: null };
  return {
    pointId: 'ovs-1',
    kind: 'ovs',
    model: 'ovs',
    switches: ['ovs-1'],
    policyPoint: null,
    quarantineVlan: 66,
    order: 'make-before-break',
    interruption: 'none',
    gapMs: null,
    direction: 'both',
    covers: 'all',
    state: 'port',
    stateful: false,
    entries: 4096,
    perSession: false,
    renews: false,
    marks: true,
    modes: [
      { ...mode, planMode: 'filter' },
      { ...mode, planMode: 'vlan-bridged' },
      {
        ...mode,
        planMode: 'vlan-routed',
        usable: false,
        callBacks: false,
        keepsAddress: false,
        reason: 'point-cannot',
      },
    ],
    confirmed: true,
    confirmedBy: 'drill',
    drilledAt: '2026-01-05T07:00:00.000Z',
    drilledBy: 'ann',
    testPorts: [{ switch: 'ovs-1', port: 'wl-spare', mac: '08:00:06:10:00:99', address: '10.10.0.99' }],
    reachable: true,
    reachableSince: '2026-01-05T07:00:00.000Z',
    answeredAt: '2026-01-05T08:00:00.000Z',
    lastFailure: null,
    breaker: 'closed',
    probedAt: '2026-01-05T08:00:00.000Z',
    findings: [{ check: 'quarantine VLAN 66', ok: true, detail: 'a port is in it' }],
    drillId: null,
    drillState: null,
    drillEndedAt: null,
    drillFindings: [],
    reportedAt: '2026-01-05T08:00:00.000Z',
    ...changes,
  };
}

export const STORE = {
  service: 'dicom-store',
  peer: 'ARCHIVE',
  peerKind: 'ae-title',
  transport: 'tcp',
  port: 104,
  opener: 'device',
  required: true,
} as const;

export function archive(changes: Partial<DeviceChanged['data']> = {}): DeviceChanged['data'] {
  return device({
    asset: 'ARCHIVE-1',
    name: 'Archive',
    modality: '',
    aeTitles: ['ARCHIVE'],
    infrastructure: true,
    interfaces: [networkInterface('00:16:3e:20:00:10', '10.20.0.10')],
    ...changes,
  });
}

let offset = 0;

/** Evidence of two domains that reaches isolate; each call is newer than the last. */
export function assessment(
  deviceId: string,
  changes: Partial<AssessmentChanged['data']> = {},
): AssessmentChanged['data'] {
  offset += 1;
  const part = (detector: string, trustDomain: string, family: 'spread' | 'command') => ({
    detector,
    family,
    trustDomain,
    binding: 'bound' as const,
    decibans: 30,
    counted: 30,
    cutBy: null,
    withoutIt: -12,
    halfLifeSeconds: 7200,
    items: 3,
    last: 'o1',
    why: 'example',
  });
  return {
    deviceId,
    assessmentId: `a-${offset}`,
    asOfEpoch: 1,
    asOfPartition: 4,
    asOfOffset: String(offset),
    rulesVersion: '1',
    prior: -40,
    counted: 60,
    logOdds: 20,
    level: 'isolate',
    countedAlone: 60,
    mayActAlone: true,
    inWords: 'about 100 to 1 that it is infected',
    sentence: 'Tried 3 new addresses and looked up 6 names of a worm.',
    firstEvidenceAt: new Date().toISOString(),
    parts: [part('scan', 'switch', 'spread'), part('conficker-names', 'dns', 'command')],
    ...changes,
  };
}

const DIGEST = `sha256:${'4f'.repeat(32)}`;

/** The plan that enforcement would answer to a preview. */
export function planFor(preview: WantedPreview['data'], changes: Partial<SeenPlan['data']> = {}): SeenPlan['data'] {
  return {
    deviceId: preview.deviceId,
    quarantineId: preview.quarantineId,
    epoch: preview.epoch,
    generation: preview.generation,
    revision: 1,
    planDigest: DIGEST,
    possible: true,
    interruptionMs: 0,
    associationsBroken: 0,
    steps: ['ovs-1: 12 permit and deny entries', 'ovs-1: port wl-mri to VLAN 66'],
    cut: [],
    interfaces: preview.macs.map((mac) => ({
      mac,
      pointId: 'ovs-1',
      port: 'wl-mri',
      planMode: 'vlan-bridged',
      entries: 12,
      entriesMax: 4096,
    })),
    refusedModes: [],
    permits: preview.permits.map(({ flowId }) => ({ flowId, openerEnforced: true })),
    undo: ['ovs-vsctl set port wl-mri tag=10'],
    ...changes,
  };
}

/** What enforcement would report of a wanted isolation. */
export function seenOf(
  wanted: WantedIsolation['data'],
  changes: Partial<SeenIsolation['data']> = {},
): SeenIsolation['data'] {
  const at = new Date().toISOString();
  const truth = changes.truth ?? 'proven';
  return {
    deviceId: wanted.deviceId,
    quarantineId: wanted.quarantineId,
    epoch: wanted.epoch,
    generation: wanted.generation,
    revision: 2,
    mode: wanted.mode,
    planDigest: wanted.planDigest,
    truth,
    weakestMac: wanted.macs[0] ?? null,
    refusal: null,
    conditions: [],
    interfaces: wanted.macs.map((mac) => ({
      mac,
      pointId: 'ovs-1',
      port: 'wl-mri',
      planMode: 'vlan-bridged',
      vlan: 66,
      truth,
      permitsInAt: at,
      movedAt: at,
      acknowledgedAt: at,
      readBackAt: at,
      readBackBy: 'ovs-1',
      containedAt: truth === 'proven' ? at : null,
      containedBy: truth === 'proven' ? 'ovs-1-ipfix' : null,
      deniedFrames: 3,
      clinical: truth === 'proven' ? 'moved' : null,
      clinicalAt: truth === 'proven' ? at : null,
      clinicalBy: truth === 'proven' ? 'ovs-1-ipfix' : null,
    })),
    ...changes,
  };
}
