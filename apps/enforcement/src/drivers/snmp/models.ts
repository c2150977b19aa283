import { findOrder } from './bit-order.js';
import type { SwitchModel } from './port-table.js';
import * as oids from './wire/oids.js';
import { isEmpty, type BitOrder } from './wire/port-list.js';
import { asOctets, type Walk } from './wire/walk.js';

/** How a switch would be configured, by what it shows; `model` null where none of ours fits. */
export interface ModelFinding {
  model: SwitchModel | null;
  bitOrder: BitOrder;
  /** For people. */
  words: string;
}

/** Judges by the tables that a switch has. It is a hint for configuring, never a reason to write. */
export function findModel(walk: Walk): ModelFinding {
  const standard = { bitOrder: 'standard' as const };
  if (walk.column(oids.VM_VLAN).length > 0)
    return { ...standard, model: 'cisco-vmvlan', words: 'it has the VLANs of access ports by vmVlan' };
  const bridged = walk.byIndex(oids.BASE_PORT_IF_INDEX);
  const pvids = new Map(
    [...walk.byIndex(oids.PVID)].filter(
      (cell): cell is [number, number] => bridged.has(cell[0]) && typeof cell[1] === 'number',
    ),
  );
  if (pvids.size === 0) return { ...standard, model: null, words: 'it shows neither PVIDs of bridge ports nor vmVlan' };
  const current = lists(walk, oids.CURRENT_UNTAGGED);
  const configured = lists(walk, oids.STATIC_UNTAGGED);
  const shown = [...current.values()].every(isEmpty) ? configured : current;
  const { order, words } = findOrder(pvids, shown);
  if (order === 'neither') return { ...standard, model: null, words };
  if (order === 'none' || [...configured.values()].every(isEmpty))
    return {
      bitOrder: order === 'none' ? 'standard' : order,
      model: 'qbridge-pvid-only',
      words: 'it has PVIDs and no configured membership',
    };
  return { model: 'qbridge', bitOrder: order, words };
}

function lists(walk: Walk, column: string): Map<number, Buffer> {
  return new Map(walk.column(column).map(({ index, value }) => [index.at(-1)!, asOctets(value)]));
}
