import type { DeviceRegister } from '../devices/device-register.js';
import { FLOW_KINDS, isGroupMac, type Flow } from '../sensors/flow.js';

/** Whose conversation a record counts in, and where in it. */
export interface Side {
  deviceId: string;
  mac: string;
  peerAddress: string | null;
  deviceSends: boolean;
  counts: 'first-sight' | 'out' | 'in' | 'beyond' | 'denied-out' | 'denied-in';
}

/**
 * Frames are counted at the device's own port only, since a routed frame makes four records: one as it enters there
 * (out), one as it leaves there (in). A frame of the device that leaves at another port is beyond; whether a permit
 * covers it is for the reader to say, who knows the permits. A frame that two devices talk with counts for both.
 */
export function sidesOf(flow: Flow, register: DeviceRegister): Side[] {
  switch (flow.kind) {
    case FLOW_KINDS.volume:
      return flow.direction === 'in'
        ? sent(flow, register, 'out')
        : [...beyond(flow, register), ...arrived(flow, register)];
    case FLOW_KINDS.permitted:
      return [...sent(flow, register, 'out'), ...addressed(flow, register, 'in')];
    case FLOW_KINDS.denied:
      return [...sent(flow, register, 'denied-out'), ...addressed(flow, register, 'denied-in')];
    case FLOW_KINDS.opening:
      // The first that is heard of a conversation; its frames are counted in the volumes that follow.
      return sent(flow, register, 'first-sight');
    case FLOW_KINDS.answering:
    case FLOW_KINDS.refusing:
    case FLOW_KINDS.lookUp:
      return [];
  }
}

function sent(flow: Flow, register: DeviceRegister, counts: Side['counts']): Side[] {
  return isAt(register, flow, flow.sourceMac, flow.ingressPort) ? sourceSide(flow, register, counts) : [];
}

function beyond(flow: Flow, register: DeviceRegister): Side[] {
  const own = isAt(register, flow, flow.sourceMac, flow.ingressPort);
  return own && flow.egressPort !== flow.ingressPort ? sourceSide(flow, register, 'beyond') : [];
}

function arrived(flow: Flow, register: DeviceRegister): Side[] {
  return isAt(register, flow, flow.destinationMac, flow.egressPort) ? destinationSide(flow, register, 'in') : [];
}

/** For a record made as the frame entered, before it was known where it would leave. */
function addressed(flow: Flow, register: DeviceRegister, counts: Side['counts']): Side[] {
  return register.attachmentOf(flow.destinationMac) ? destinationSide(flow, register, counts) : [];
}

function sourceSide(flow: Flow, register: DeviceRegister, counts: Side['counts']): Side[] {
  const device = register.deviceOfMac(flow.sourceMac);
  if (!device) return [];
  return [
    { deviceId: device.deviceId, mac: flow.sourceMac, peerAddress: flow.destinationAddress, deviceSends: true, counts },
  ];
}

function destinationSide(flow: Flow, register: DeviceRegister, counts: Side['counts']): Side[] {
  const device = isGroupMac(flow.destinationMac) ? undefined : register.deviceOfMac(flow.destinationMac);
  if (!device) return [];
  return [
    {
      deviceId: device.deviceId,
      mac: flow.destinationMac,
      peerAddress: flow.sourceAddress,
      deviceSends: false,
      counts,
    },
  ];
}

function isAt(register: DeviceRegister, flow: Flow, mac: string, port: string | null): boolean {
  const attachment = register.attachmentOf(mac);
  return attachment?.pointId === flow.pointId && attachment.port === port;
}
