/**
 * What an enforcement point can honestly do, confirmed by a drill on that model. What is unconfirmed counts as its
 * worst value.
 */
export interface DriverProfile {
  order: 'atomic' | 'make-before-break' | 'break-before-make';
  /** `none`, a gap in milliseconds, or `break`: the link goes down. */
  interruption: 'none' | { gapMs: number } | 'break';
  direction: 'both' | 'from-device';
  covers: 'ipv4' | 'ipv6' | 'all';
  state: 'port' | 'session' | 'policy';
  /** The point follows connections by itself, so that only their opener need be permitted. */
  stateful: boolean;
  /** How many permit and deny entries the point takes for one device. */
  entries: number;
  /** It controls each session of a port by itself, so that several devices may share the port. */
  perSession: boolean;
  /** It can make a live session take a changed policy; where it can't, a device is isolated at its next connection. */
  renews: boolean;
  /** It holds our marks, so that what is ours can be told from the point alone. */
  marks: boolean;
  /** The modes that its driver can apply. */
  modes: readonly ('filter' | 'vlan-bridged' | 'vlan-routed')[];
  confirmed: boolean;
}
