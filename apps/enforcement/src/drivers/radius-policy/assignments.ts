import type { DriverErrorCode, Fence } from '#driver';
import type { Assignment, Snapshot } from './wire/snapshot.js';

/** What a step makes of the snapshot: the next one, null (it is so already), or why not. */
export type Transition = { ok: true; next: Snapshot | null } | { ok: false; code: DriverErrorCode; reason: string };

/** Assigns exactly this to its MAC, unless people keep the device for themselves or somebody newer has written. */
export function assign(snapshot: Snapshot, wanted: Assignment, hands: ReadonlySet<string>, fence: Fence): Transition {
  const { mac } = wanted;
  if (hands.has(mac))
    return refused('changed-by-others', `${mac} is on the list of devices that people keep for themselves`);
  const held = snapshot.assignments.get(mac);
  if (held && sameAssignment(held, wanted)) return { ok: true, next: null };
  if (fence.number < snapshot.fence) return stale(snapshot, fence);
  return { ok: true, next: changed(snapshot, fence, (all) => all.set(mac, wanted)) };
}

/** Takes our own assignment of this quarantine away, and nothing else. What people have listed stays listed. */
export function unassign(snapshot: Snapshot, mac: string, quarantineId: string, fence: Fence): Transition {
  if (snapshot.assignments.get(mac)?.quarantineId !== quarantineId) return { ok: true, next: null };
  if (fence.number < snapshot.fence) return stale(snapshot, fence);
  return { ok: true, next: changed(snapshot, fence, (all) => all.delete(mac)) };
}

/** The same but for the time at which it was set. */
export function sameAssignment(a: Assignment, b: Assignment): boolean {
  return JSON.stringify({ ...a, setAt: '' }) === JSON.stringify({ ...b, setAt: '' });
}

function changed(snapshot: Snapshot, fence: Fence, change: (all: Map<string, Assignment>) => unknown): Snapshot {
  const assignments = new Map(snapshot.assignments);
  change(assignments);
  return { born: snapshot.born, fence: Math.max(fence.number, snapshot.fence), assignments };
}

function stale({ fence: last }: Snapshot, { number }: Fence): Transition {
  return refused('stale-fence', `the fence ${number} is older than ${last}, which has written since`);
}

function refused(code: DriverErrorCode, reason: string): Transition {
  return { ok: false, code, reason };
}
