import { isSame } from '../plan/canonical.js';
import type { PlannedInterface } from '../plan/planned.js';
import type { Shown } from '../plan/shown.js';
import type { InterfaceState } from '../seen/state.js';

/** Drift is put back at most so often … */
export const PUT_BACK_AT_MOST = 2;
/** … in this time; then somebody means it. In ms. */
export const PUT_BACK_WINDOW_MS = 600_000;

/**
 * Whether what we remember of an interface still tells what we should find: it is of the point's present boot (a restart
 * is no drift), of the port that is planned, and younger than the end of the last hold.
 */
function remembered(
  state: InterfaceState,
  planned: PlannedInterface,
  { reading }: Shown,
  unfrozenAt: Date | null,
): boolean {
  if (!state.isolation) return false;
  // A switch that restarts loses its entries; what is assigned elsewhere its sessions should take again.
  if (planned.profile.state === 'port' && state.bootId !== reading.bootId) return false;
  if (state.pointId !== planned.pointId || state.isolation.port !== planned.port) return false;
  const last = Math.max(...[state.permitsInAt, state.movedAt, state.readBackAt].map((at) => at?.getTime() ?? 0));
  return last > (unfrozenAt?.getTime() ?? 0);
}

/** A VLAN that neither we nor a restart has set is a person's: why we stop; null: nobody has changed it. */
export function changedByHand(
  state: InterfaceState,
  planned: PlannedInterface,
  now: Shown,
  unfrozenAt: Date | null,
): string | null {
  if (!remembered(state, planned, now, unfrozenAt) || state.permitsInAt === null) return null;
  const { isolation } = state;
  const { port } = now;
  if (!port || planned.profile.state !== 'port' || !isolation || isolation.mode === 'filter') return null;
  const ours = port.vlan === isolation.quarantineVlan;
  if (ours || (state.movedAt === null && port.vlan === isolation.homeVlan)) return null;
  return `VLAN of port ${port.port} changed to ${port.vlan ?? 'none'} by another hand`;
}

/** What of ours is gone although the point did not restart: what has drifted; null: nothing. */
export function drifted(
  state: InterfaceState,
  planned: PlannedInterface,
  now: Shown,
  unfrozenAt: Date | null,
): string | null {
  if (!remembered(state, planned, now, unfrozenAt)) return null;
  // A newer wish is work to do, not drift.
  if (!isSame(state.isolation, planned.isolation)) return null;
  if (planned.profile.state !== 'port') return driftedSession(state, planned, now);
  if (state.permitsInAt && !now.permitsIn) return `entries of ${planned.mac} are not as we left them`;
  if (state.movedAt && !now.placed) return `our mark on port ${planned.port} is not as we left it`;
  return null;
}

/**
 * A session that was told to take what is assigned, or had taken it, and another one that has not. No session is no
 * drift: the device is off, and takes it when it connects again.
 */
function driftedSession(
  { permitsInAt, movedAt, renewed }: InterfaceState,
  { mac, policyPointId }: PlannedInterface,
  { permitsIn, placed, sessions }: Shown,
): string | null {
  if (permitsInAt && policyPointId !== null && !permitsIn) return `what we assigned to ${mac} is not as we left it`;
  if (placed || sessions.length === 0 || !(movedAt ?? renewed)) return null;
  const failed = sessions.find((one) => one.state === 'failed');
  if (failed) return `the switch could not apply what its session of ${mac} was given`;
  if (sessions.some((one) => one.authorizedBy === 'critical')) {
    return `the switch let ${mac} in because no RADIUS server answered`;
  }
  return `the session of ${mac} does not carry what is assigned`;
}
