import type { DeviceRegister } from '../devices/device-register.js';
import type { Flow } from '../sensors/flow.js';

/** Whose packet it was (design: Observe). */
export type Binding =
  /** It entered at the device's own attachment. */
  | { kind: 'bound'; deviceId: string }
  /** It carries a device's MAC or address, and entered at another access port, where `occupantId` sits. */
  | {
      kind: 'contradicted';
      deviceId: string;
      claimedMac: string;
      occupantId: string | null;
      pointId: string;
      port: string;
    }
  /** It carries a device's address, and nothing shows where it entered. */
  | { kind: 'claimed'; deviceId: string }
  /** An infrastructure port passed it on: it was seen before, where it entered. */
  | { kind: 'passed-on' }
  | { kind: 'nobody' };

/**
 * Binds a packet by the port that it entered by. The register must have been told of the sighting first: an unknown
 * MAC has become a device of its own by then.
 */
export function bindingOf(flow: Flow, register: DeviceRegister): Binding {
  const port = flow.ingressPort === null ? undefined : register.port(flow.pointId, flow.ingressPort);
  if (!port) return claimedBy(flow, register);
  if (port.infrastructure) return attachedSomewhere(flow, register) ? { kind: 'passed-on' } : claimedBy(flow, register);
  const sender = register.deviceOfMac(flow.sourceMac);
  if (!sender) return { kind: 'nobody' };
  const attachment = register.attachmentOf(flow.sourceMac);
  const here = attachment?.pointId === port.pointId && attachment.port === port.port;
  if (!here) {
    const occupantId = register.occupantOf(port.pointId, port.port, sender.deviceId)?.deviceId ?? null;
    const { deviceId } = sender;
    return {
      kind: 'contradicted',
      deviceId,
      claimedMac: flow.sourceMac,
      occupantId,
      pointId: port.pointId,
      port: port.port,
    };
  }
  const holder = flow.sourceAddress === null ? undefined : register.holderOf(flow.sourceAddress);
  if (!holder || holder.deviceId === sender.deviceId) return { kind: 'bound', deviceId: sender.deviceId };
  const { deviceId, mac: claimedMac } = holder;
  const { pointId, port: name } = port;
  return { kind: 'contradicted', deviceId, claimedMac, occupantId: sender.deviceId, pointId, port: name };
}

/**
 * A packet of an attached device shows at its own port first, so what a gateway passes on with its address is the same
 * packet again, or a forgery from beyond: neither says anything new.
 */
function attachedSomewhere(flow: Flow, register: DeviceRegister): boolean {
  const holder = flow.sourceAddress === null ? undefined : register.holderOf(flow.sourceAddress);
  if (!holder) return true;
  return register.get(holder.deviceId)?.interfaces.some(({ attachment }) => attachment !== null) ?? true;
}

function claimedBy(flow: Flow, register: DeviceRegister): Binding {
  const holder = flow.sourceAddress === null ? undefined : register.holderOf(flow.sourceAddress);
  return holder ? { kind: 'claimed', deviceId: holder.deviceId } : { kind: 'nobody' };
}
