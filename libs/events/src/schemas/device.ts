import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import { ADDRESSINGS, CRITICALITIES, address, count, id, mac, time, vlan, word } from '../words.js';
import { declaredFlow } from './inventory.js';

/** An interface with its address and attachment now. `pointId` and `port` are null while it is plugged in nowhere. */
export const deviceInterface = z.object({
  mac,
  addressing: word(ADDRESSINGS),
  address: address.nullable(),
  addressSince: time.nullable(),
  pointId: id.nullable(),
  port: z.string().nullable(),
  vlan: vlan.nullable(),
  sessionId: z.string().nullable(),
  linkUp: z.boolean(),
  ambiguous: z.boolean(),
  attachedSince: time.nullable(),
  toldBy: id.nullable(),
});

/** A device with its interfaces and attachments. `asset` is null for a device that no inventory names. */
export const deviceChanged = cloudEvent(
  'lazaret.device.changed',
  z.object({
    deviceId: id,
    revision: count,
    site: id,
    realm: id,
    asset: id.nullable(),
    name: z.string(),
    modality: z.string(),
    criticality: word(CRITICALITIES),
    ward: z.string(),
    aeTitles: z.array(z.string()),
    infrastructure: z.boolean(),
    interfaces: z.array(deviceInterface),
    flows: z.array(declaredFlow),
  }),
);
export type DeviceChanged = z.infer<typeof deviceChanged>;
export type DeviceInterface = z.infer<typeof deviceInterface>;
