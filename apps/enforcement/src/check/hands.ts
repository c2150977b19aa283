import type { PointReading } from '#driver';
import { isSame } from '../plan/canonical.js';
import type { PlannedInterface } from '../plan/plan.js';
import { entriesMatch, portMatches } from '../plan/steps.js';
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
  reading: PointReading,
  unfrozenAt: Date | null,
): boolean {
  if (!state.isolation || state.bootId !== reading.bootId) return false;
  if (state.pointId !== planned.pointId || state.isolation.port !== planned.port) return false;
  const last = Math.max(...[state.permitsInAt, state.movedAt, state.readBackAt].map((at) => at?.getTime() ?? 0));
  return last > (unfrozenAt?.getTime() ?? 0);
}

/** A VLAN that neither we nor a restart has set is a person's: why we stop; null: nobody has changed it. */
export function changedByHand(
  state: InterfaceState,
  planned: PlannedInterface,
  reading: PointReading,
  unfrozenAt: Date | null,
): string | null {
  if (!remembered(state, planned, reading, unfrozenAt) || state.permitsInAt === null) return null;
  const isolation = state.isolation;
  const port = reading.ports.find((one) => one.port === planned.port);
  if (!port || isolation?.mode !== 'vlan-bridged') return null;
  const ours = port.vlan === isolation.quarantineVlan;
  if (ours || (state.movedAt === null && port.vlan === isolation.homeVlan)) return null;
  return `VLAN of port ${port.port} changed to ${port.vlan ?? 'none'} by another hand`;
}

/** What of ours is gone although the point did not restart: what has drifted; null: nothing. */
export function drifted(
  state: InterfaceState,
  planned: PlannedInterface,
  reading: PointReading,
  unfrozenAt: Date | null,
): string | null {
  if (!remembered(state, planned, reading, unfrozenAt)) return null;
  // A newer wish is work to do, not drift.
  if (!isSame(state.isolation, planned.isolation)) return null;
  if (state.permitsInAt && !entriesMatch(reading, planned)) return `entries of ${planned.mac} are not as we left them`;
  const port = reading.ports.find((one) => one.port === planned.port);
  if (state.movedAt && !portMatches(port, planned)) return `our mark on port ${planned.port} is not as we left it`;
  return null;
}
