import type { DriverProfile } from '#driver';

/**
 * What an Open vSwitch bridge does, as its conformance suite drills it on a real switch: permits come in one atomic
 * bundle and hold under either VLAN, so the move interrupts nothing. Known limit of `filter`: broadcasts of neighbours
 * still reach the device, since NORMAL floods them; nothing that it answers gets out.
 */
export const ovsProfile: DriverProfile = {
  order: 'make-before-break',
  interruption: 'none',
  direction: 'both',
  covers: 'all',
  state: 'port',
  stateful: false,
  entries: 4096,
  perSession: false,
  renews: false,
  marks: true,
  modes: ['filter', 'vlan-bridged'],
  confirmed: true,
};
