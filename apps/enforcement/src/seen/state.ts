import type { PointIsolation } from '#driver';
import type { SeenCondition, Truth } from '#events';
import type { Renewed } from '../plan/planned.js';
import type { Left } from '../plan/pending-step.js';

/** What enforcement remembers of one interface from one run of the loop to the next. */
export interface InterfaceState {
  mac: string;
  /** Where it was planned last; null: never. */
  pointId: string | null;
  /** The isolation being made true there; null: none, or released. */
  isolation: PointIsolation | null;
  /** The port's VLAN as it was read last. */
  vlan: number | null;
  truth: Truth;
  /** The point's boot when its state was last acknowledged or read back as ours: what is missing after a restart is no drift. */
  bootId: string | null;
  /** The session that was told last to take what is assigned, and when. */
  renewed: Renewed | null;
  permitsInAt: Date | null;
  movedAt: Date | null;
  acknowledgedAt: Date | null;
  readBackAt: Date | null;
  containedAt: Date | null;
  containedBy: string | null;
  deniedFrames: number;
  clinical: 'moved' | 'no-demand' | null;
  clinicalAt: Date | null;
  clinicalBy: string | null;
}

/** What enforcement remembers of a device's isolation. */
export interface DeviceState {
  deviceId: string;
  quarantineId: string | null;
  epoch: number;
  generation: number;
  revision: number;
  mode: 'apply' | 'release' | null;
  planDigest: string | null;
  /** The last plan that was true at every point: applying it again needs no approval. */
  appliedDigest: string | null;
  truth: Truth;
  refusal: string | null;
  conditions: SeenCondition[];
  /** When this quarantine's isolation was first read back; null: its first application is not over. */
  firstAppliedAt: Date | null;
  /** The quarantine whose isolation was lifted because it broke the clinic: at most once, and not applied again. */
  liftedFor: string | null;
  interfaces: InterfaceState[];
  /** Ports that interfaces have left, at points that hold no mark which would tell: ours to put back. */
  left: Left[];
}

export function newInterfaceState(mac: string): InterfaceState {
  return {
    mac,
    pointId: null,
    isolation: null,
    vlan: null,
    truth: 'intended',
    bootId: null,
    renewed: null,
    permitsInAt: null,
    movedAt: null,
    ...unproven,
    acknowledgedAt: null,
    readBackAt: null,
  };
}

/** The fields of a proof that has to be earned anew. */
export const unproven = {
  containedAt: null,
  containedBy: null,
  deniedFrames: 0,
  clinical: null,
  clinicalAt: null,
  clinicalBy: null,
} as const;

export function newDeviceState(deviceId: string): DeviceState {
  return {
    deviceId,
    quarantineId: null,
    epoch: 0,
    generation: 0,
    revision: 0,
    mode: null,
    planDigest: null,
    appliedDigest: null,
    truth: 'intended',
    refusal: null,
    conditions: [],
    firstAppliedAt: null,
    liftedFor: null,
    interfaces: [],
    left: [],
  };
}

/** An interface that is to be lifted: where it is isolated stays known, everything else is earned anew. */
export function toBeLifted({ mac, pointId, isolation, vlan }: InterfaceState): InterfaceState {
  return { ...newInterfaceState(mac), pointId, isolation, vlan };
}

/** The state that a wish goes on from: another quarantine begins anew, a release keeps only where we were. */
export function stateFor(
  before: DeviceState,
  wanted: { quarantineId: string; mode: 'apply' | 'release'; macs: readonly string[] },
): DeviceState {
  if (before.quarantineId === wanted.quarantineId && before.mode === wanted.mode) return before;
  const fresh = { ...newDeviceState(before.deviceId), revision: before.revision, left: before.left };
  if (wanted.mode === 'apply') return fresh;
  const macs = new Set([...wanted.macs, ...before.interfaces.map((one) => one.mac)]);
  const lifted = [...macs].map((mac) =>
    toBeLifted(before.interfaces.find((one) => one.mac === mac) ?? newInterfaceState(mac)),
  );
  return { ...fresh, interfaces: lifted };
}
