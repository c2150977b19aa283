import type { SessionReading, Step } from '#driver';
import { settles, type PendingStep, type StepInput } from './pending-step.js';
import type { Plan, PlannedInterface } from './planned.js';
import { leftBehind } from './release-steps.js';
import { shown, type Shown } from './shown.js';

/**
 * For each interface the first step that is not true yet: permits, then the move, then what it left elsewhere. The next
 * one follows after a fresh reading has shown this one.
 */
export function pendingSteps(plan: Plan, input: StepInput): PendingStep[] {
  return plan.interfaces.flatMap((planned) => {
    const now = shown(planned, input.readings);
    if (!now) return [];
    const step = isolatingStep(planned, now, input);
    if (step) return [step];
    return leftBehind(planned, input).slice(0, 1);
  });
}

function isolatingStep(planned: PlannedInterface, now: Shown, input: StepInput): PendingStep | undefined {
  const base = { mac: planned.mac, pointId: planned.pointId, purpose: 'isolate' as const };
  const { isolation } = planned;
  if (planned.profile.state === 'port') return portStep(planned, now);
  if (planned.policyPointId !== null && !now.permitsIn) {
    const step: Step = { kind: 'set-policy', isolation };
    return { ...base, pointId: planned.policyPointId, step, text: assignText(planned) };
  }
  return now.placed || !planned.profile.renews ? undefined : renewal(planned, now.behind, input);
}

function portStep(planned: PlannedInterface, { permitsIn, placed, port }: Shown): PendingStep | undefined {
  const { mac, pointId, isolation } = planned;
  const base = { mac, pointId, purpose: 'isolate' as const };
  if (!permitsIn) return { ...base, step: { kind: 'install-entries', isolation }, text: installText(planned) };
  if (placed) return undefined;
  if (isolation.mode !== 'filter') return { ...base, step: { kind: 'move-port', isolation }, text: moveText(planned) };
  const { quarantineId } = port?.mark ?? isolation;
  const step: Step = {
    kind: 'restore-port',
    port: planned.port,
    mac,
    quarantineId,
    quarantineVlan: port?.vlan ?? null,
    homeVlan: isolation.homeVlan,
  };
  return { ...base, step, text: `${pointId}: port ${planned.port} back to VLAN ${isolation.homeVlan}` };
}

/** Tells the first session that does not carry the isolation to take it, unless one was told a moment ago. */
function renewal(
  planned: PlannedInterface,
  [session]: readonly SessionReading[],
  { applied, now }: StepInput,
): PendingStep | undefined {
  const { mac, pointId, isolation } = planned;
  if (!session || settles(applied.get(mac), now)) return undefined;
  return {
    mac,
    pointId,
    purpose: 'isolate',
    step: {
      kind: 'renew-session',
      mac,
      switch: isolation.switch,
      port: session.port ?? planned.port,
      sessionId: session.sessionId,
      isolation,
    },
    text: renewText(planned),
  };
}

/** What people read of a plan, in order. */
export function stepTexts(plan: Plan): string[] {
  return plan.interfaces.flatMap((planned) => {
    if (planned.profile.state === 'port') {
      return [installText(planned), ...(planned.mode === 'filter' ? [] : [moveText(planned)])];
    }
    const assign = planned.policyPointId === null ? [] : [assignText(planned)];
    return [...assign, planned.profile.renews ? renewText(planned) : waitText(planned)];
  });
}

function installText({ pointId, entries }: PlannedInterface): string {
  return `${pointId}: ${entries.length} permit and deny entries`;
}

function moveText({ pointId, port, isolation }: PlannedInterface): string {
  return `${pointId}: port ${port} to VLAN ${isolation.quarantineVlan}`;
}

function assignText({ policyPointId, mac, isolation, entries }: PlannedInterface): string {
  const where = isolation.quarantineVlan === null ? 'in its VLAN' : `VLAN ${isolation.quarantineVlan}`;
  return `${policyPointId}: policy of ${mac}: ${where}, ${entries.length} entries`;
}

function renewText({ pointId, mac, interruptionMs }: PlannedInterface): string {
  const gap = interruptionMs === 0 ? 'without a gap' : `cut off for about ${(interruptionMs / 1000).toFixed(1)} s`;
  return `${pointId}: session of ${mac} renewed, ${gap}`;
}

function waitText({ pointId, mac }: PlannedInterface): string {
  return `${pointId}: takes effect when ${mac} connects again: nothing here can make it`;
}
