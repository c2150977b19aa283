import { makeEvent, type DeviceChanged, type DeviceInterface } from '#events';
import { portKey, type Device, type Interface, type Port } from './device.js';

export interface Place {
  site: string;
  realm: string;
}

export type DeviceData = Omit<DeviceChanged['data'], 'revision'>;

/** What is published of a device. The VLAN and the link are the port's as they are now, whoever put it there. */
export function deviceData(device: Device, place: Place, ports: ReadonlyMap<string, Port>): DeviceData {
  return {
    deviceId: device.deviceId,
    ...place,
    asset: device.asset,
    ...device.description,
    interfaces: device.interfaces.map((one) => interfaceData(one, ports)),
  };
}

export function deviceChanged(data: DeviceData, revision: number, at: Date): DeviceChanged {
  const { deviceId } = data;
  return makeEvent({
    type: 'lazaret.device.changed',
    source: '/discovery',
    subject: deviceId,
    time: at,
    data: { ...data, revision },
  });
}

function interfaceData(one: Interface, ports: ReadonlyMap<string, Port>): DeviceInterface {
  const { attachment } = one;
  const port = attachment ? ports.get(portKey(attachment.pointId, attachment.port)) : undefined;
  return {
    mac: one.mac,
    addressing: one.addressing,
    address: one.address,
    addressSince: timeText(one.addressSince),
    pointId: attachment?.pointId ?? null,
    port: attachment?.port ?? null,
    vlan: port?.vlan ?? null,
    sessionId: null,
    linkUp: port?.linkUp ?? false,
    ambiguous: attachment?.second != null,
    attachedSince: timeText(attachment?.since ?? null),
    toldBy: attachment?.toldBy ?? null,
  };
}

export function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
