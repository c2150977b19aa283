import { exactly, hex } from './cookie.js';
import type { HeldFlow } from './dump.js';
import { textOf, type Flow } from './flow.js';

/**
 * The lines of one bundle that makes a device's flows exactly the compiled ones, for `ovs-ofctl --bundle add-flows`:
 *
 *     "add cookie=C,table=0,priority=N[,match],actions=…"
 *     "delete_strict cookie=C/0xffffffffffffffff,table=N,priority=N[,match]"
 *
 * Only what differs is written: an equal match replaces the flow of an older generation in place, with its counters,
 * and what is left over is deleted one by one. Empty: nothing to do.
 */
export function bundleLines(compiled: readonly Flow[], held: readonly HeldFlow[], cookie: bigint): string[] {
  const inForce = new Set(held.filter((flow) => flow.cookie === cookie).map((flow) => flow.text));
  const wanted = new Set(compiled.map((flow) => place(0, flow)));
  const adds = compiled
    .filter((flow) => !inForce.has(textOf(flow)))
    .map((flow) => `add cookie=${hex(cookie)},${place(0, flow)},actions=${flow.actions}`);
  const deletes = held
    .filter((flow) => !wanted.has(place(flow.table, flow)))
    .map((flow) => `delete_strict cookie=${exactly(flow.cookie)},${place(flow.table, flow)}`);
  return [...adds, ...deletes];
}

/** What makes a flow the same flow to the switch: a second one in its place replaces it. */
function place(table: number, { priority, match }: Flow): string {
  return `table=${table},priority=${priority}${match ? `,${match}` : ''}`;
}
