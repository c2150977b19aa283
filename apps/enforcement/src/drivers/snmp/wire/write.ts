import type { Write } from '../plan-write.js';
import type { SetValue } from '../snmp.client.js';
import * as oids from './oids.js';
import { hasPort, sameList, withPort, type BitOrder } from './port-list.js';
import { asNumber, asOctets, type SnmpValue } from './walk.js';

/** The one object that a change writes. */
export function oidOf(write: Write): string {
  switch (write.kind) {
    case 'pvid':
      return `${oids.PVID}.${write.bridgePort}`;
    case 'vm-vlan':
      return `${oids.VM_VLAN}.${write.ifIndex}`;
    case 'member':
      return `${write.list === 'egress' ? oids.STATIC_EGRESS : oids.STATIC_UNTAGGED}.${write.vlan}`;
  }
}

/** What to write, from what the object holds now; null where the port has no bit in a list. */
export function valueOf(write: Write, now: SnmpValue | undefined, order: BitOrder): SetValue | null {
  switch (write.kind) {
    case 'pvid':
      return { type: 'unsigned', value: write.vlan };
    case 'vm-vlan':
      return { type: 'integer', value: write.vlan };
    case 'member': {
      const list = withPort(asOctets(now), write.bridgePort, write.isIn, order);
      return list && { type: 'octets', value: list };
    }
  }
}

/** Whether the object holds what was to be written, and nothing of another port has changed with it. */
export function outcomeOf(
  write: Write,
  sent: SetValue,
  now: SnmpValue | undefined,
  order: BitOrder,
): 'done' | 'not done' | 'others changed' {
  if (write.kind !== 'member') return asNumber(now) === write.vlan ? 'done' : 'not done';
  const list = asOctets(now);
  if (hasPort(list, write.bridgePort, order) !== write.isIn) return 'not done';
  return sent.type === 'octets' && sameList(list, sent.value) ? 'done' : 'others changed';
}
