import { hasPort, isEmpty, type BitOrder } from './wire/port-list.js';

/** What the PVIDs say of the port lists' bit order. */
export interface OrderFinding {
  /** `none`: there is no list to compare with. `neither`: no order fits, so that no bit may be written. */
  order: BitOrder | 'neither' | 'none';
  /** For people. */
  words: string;
}

/** So few ports prove nothing. */
const FEWEST = 4;

/**
 * An access port is an untagged member of its PVID's VLAN, so the order in which the lists say so is theirs. It fits if it
 * does for half of the ports and for twice as many as the other order: not all ports are members of their PVID's VLAN, and
 * a port list of many ports fits a bit by chance.
 */
export function findOrder(pvids: ReadonlyMap<number, number>, untagged: ReadonlyMap<number, Buffer>): OrderFinding {
  if ([...untagged.values()].every(isEmpty)) return { order: 'none', words: 'it shows no untagged member of any VLAN' };
  const known = [...pvids].filter(([port, vlan]) => port > 0 && untagged.has(vlan));
  const fits = (order: BitOrder): number =>
    known.filter(([port, vlan]) => hasPort(untagged.get(vlan)!, port, order)).length;
  const standard = fits('standard');
  const mirrored = fits('mirrored');
  const words = `of ${known.length} ports, ${standard} are members of their VLAN in standard order and ${mirrored} in mirrored`;
  if (known.length < FEWEST) return { order: 'neither', words };
  const [order, best, other] =
    standard >= mirrored ? (['standard', standard, mirrored] as const) : (['mirrored', mirrored, standard] as const);
  return { order: best * 2 >= known.length && best >= other * 2 ? order : 'neither', words };
}
