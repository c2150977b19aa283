import { makeEvent, type SeenInterface, type SeenIsolation, type SeenPlan } from '#events';
import { isSame } from '../plan/canonical.js';
import type { Plan } from '../plan/planned.js';
import { stepTexts } from '../plan/steps.js';
import type { Wanted } from '../wanted/wanted.js';
import type { DeviceState, InterfaceState } from './state.js';
import { steps, weaker } from './truth.js';

/**
 * What the world is told of a change: one event a step of truth, so that readers see it rise and fall one at a time.
 * No event where only what changes all the time has changed (frames counted, the time of the last reading).
 */
export function isolationEvents(
  before: DeviceState,
  after: DeviceState,
  now: Date,
): { events: SeenIsolation[]; revision: number } {
  const stages = stagesBetween(before, after);
  if (stages.length === 1 && isSame(lasting(before), lasting(after))) {
    return { events: [], revision: before.revision };
  }
  const events = stages.map((stage, index) => isolationEvent({ ...stage, revision: before.revision + index + 1 }, now));
  return { events, revision: before.revision + stages.length };
}

/** The answer to a preview. `possible` is false, too, where an interlock would refuse the first write. */
export function planEvent(plan: Plan, wanted: Wanted, revision: number, refused: boolean, now: Date): SeenPlan {
  return makeEvent({
    type: 'lazaret.seen.plan',
    source: '/enforcement',
    subject: plan.deviceId,
    partitionKey: `${plan.deviceId}/preview`,
    time: now,
    data: {
      deviceId: plan.deviceId,
      quarantineId: plan.quarantineId,
      epoch: wanted.epoch,
      generation: wanted.generation,
      revision,
      planDigest: plan.digest,
      possible: plan.possible && !refused,
      interruptionMs: plan.interruptionMs,
      associationsBroken: plan.associationsBroken,
      steps: stepTexts(plan),
      cut: plan.cut,
      interfaces: plan.interfaces.map(({ mac, pointId, policyPointId, port, mode, entries, entriesMax }) => ({
        mac,
        pointId,
        delegate: policyPointId,
        port,
        planMode: mode,
        entries: entries.length,
        entriesMax,
      })),
      refusedModes: plan.refusedModes,
      permits: plan.kept.map(({ permit, openerEnforced }) => ({ flowId: permit.flowId, openerEnforced })),
      undo: plan.interfaces.flatMap((one) => one.undo),
    },
  });
}

function stagesBetween(before: DeviceState, after: DeviceState): DeviceState[] {
  const sameWish = before.quarantineId === after.quarantineId && before.mode === after.mode;
  const paths = after.interfaces.map((one) => {
    const known = sameWish ? before.interfaces.find((other) => other.mac === one.mac) : undefined;
    return steps(known?.truth ?? 'intended', one.truth);
  });
  const count = Math.max(1, ...paths.map((path) => path.length));
  return Array.from({ length: count }, (_, stage) => {
    const interfaces = after.interfaces.map((one, index) => ({
      ...one,
      truth: paths[index]?.[Math.min(stage, paths[index].length - 1)] ?? one.truth,
    }));
    const truth = interfaces
      .map((one) => one.truth)
      .reduce(weaker, after.interfaces.length > 0 ? 'proven' : after.truth);
    return { ...after, interfaces, truth };
  });
}

function isolationEvent(state: DeviceState, now: Date): SeenIsolation {
  const weakest = state.interfaces.find((one) => one.truth === state.truth);
  return makeEvent({
    type: 'lazaret.seen.isolation',
    source: '/enforcement',
    subject: state.deviceId,
    time: now,
    data: {
      deviceId: state.deviceId,
      quarantineId: state.quarantineId ?? '',
      epoch: state.epoch,
      generation: state.generation,
      revision: state.revision,
      mode: state.mode ?? 'apply',
      planDigest: state.planDigest,
      truth: state.truth,
      weakestMac: weakest?.mac ?? null,
      refusal: state.refusal,
      conditions: state.conditions,
      interfaces: state.interfaces.map(seenInterface),
    },
  });
}

function seenInterface(state: InterfaceState): SeenInterface {
  return {
    mac: state.mac,
    pointId: state.pointId,
    port: state.isolation?.port ?? null,
    planMode: state.isolation?.mode ?? null,
    vlan: state.vlan,
    truth: state.truth,
    permitsInAt: iso(state.permitsInAt),
    movedAt: iso(state.movedAt),
    acknowledgedAt: iso(state.acknowledgedAt),
    readBackAt: iso(state.readBackAt),
    readBackBy: state.readBackAt ? state.pointId : null,
    containedAt: iso(state.containedAt),
    containedBy: state.containedBy,
    deniedFrames: state.deniedFrames,
    clinical: state.clinical,
    clinicalAt: iso(state.clinicalAt),
    clinicalBy: state.clinicalBy,
  };
}

/** What of a state is worth an event when it changes. */
function lasting({
  interfaces,
  revision: _,
  liftedFor: __,
  appliedDigest: ___,
  firstAppliedAt: ____,
  left: _____,
  ...rest
}: DeviceState) {
  const kept = interfaces.map(
    ({ deniedFrames: _f, readBackAt: _r, clinicalAt: _c, isolation, bootId: _b, renewed: _n, ...one }) => ({
      ...one,
      port: isolation?.port ?? null,
      planMode: isolation?.mode ?? null,
    }),
  );
  return { ...rest, interfaces: kept };
}

function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
