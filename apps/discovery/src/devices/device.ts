import type { Addressing, Criticality, DeclaredFlow } from '#events';
import type { Attachment } from '../attachments/attachment.js';

/** What people declared about an asset, or what stands in its place for a device that nobody declared. */
export interface Description {
  name: string;
  modality: string;
  criticality: Criticality;
  ward: string;
  aeTitles: string[];
  infrastructure: boolean;
  flows: DeclaredFlow[];
}

export interface Interface {
  mac: string;
  addressing: Addressing;
  address: string | null;
  addressSince: number | null;
  addressToldBy: string | null;
  attachment: Attachment | null;
}

/** A device as discovery keeps it. Site and realm are the service's own. */
export interface Device {
  deviceId: string;
  /** Null for a device that no inventory names. */
  asset: string | null;
  /** Set for a device that is known only as whoever sits at this port. */
  occupies: { pointId: string; port: string } | null;
  description: Description;
  interfaces: Interface[];
}

/** A port of an enforcement point. Infrastructure ports only pass packets on: nobody is plugged in there. */
export interface Port {
  pointId: string;
  port: string;
  vlan: number | null;
  linkUp: boolean;
  linkResets: number;
  infrastructure: boolean;
}

export const portKey = (pointId: string, port: string): string => `${pointId}|${port}`;

/** A device that nobody declared. It is `routine`: nobody has said that it matters. */
export function undeclared(name: string): Description {
  return { name, modality: '', criticality: 'routine', ward: '', aeTitles: [], infrastructure: false, flows: [] };
}

export function anInterface(mac: string, addressing: Addressing = 'unknown'): Interface {
  return { mac, addressing, address: null, addressSince: null, addressToldBy: null, attachment: null };
}
