import type { PointIsolation } from '#driver';
import * as ward from '../../testing/isolations.js';
import { isePointSchema, type IsePoint } from '../config.js';

const { store, worklist, commit } = ward.permits;
const at = { switch: 'access-1', alone: false };

export const mri: PointIsolation = {
  ...ward.mri,
  ...at,
  port: 'GigabitEthernet1/0/7',
  mode: 'filter',
  quarantineVlan: null,
  permits: [store, worklist, commit],
};
export const ct: PointIsolation = { ...ward.ct, ...at, port: 'GigabitEthernet1/0/9', permits: [store] };

const archive = { peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' };
const worklists = { peerAddress: '10.20.0.11', transport: 'tcp', port: 105, opener: 'device' };

export interface Where {
  nodes: string[];
  folder: string;
  caFile: string | null;
}

/** A point whose policies fit the two isolations; `changes` are merged on top. */
export function pointAt({ nodes, folder, caFile }: Where, changes: Record<string, unknown> = {}): IsePoint {
  return isePointSchema.parse({
    kind: 'ise',
    id: 'ise-1',
    switches: ['access-1'],
    switchAddresses: { '10.99.0.2': 'access-1' },
    quarantineVlan: 66,
    policies: [
      {
        name: 'Lazaret-Imaging',
        mode: 'filter',
        authorizationProfiles: ['Lazaret-Imaging'],
        permits: [archive, worklists],
      },
      {
        name: 'Lazaret-VLAN-66',
        mode: 'vlan-bridged',
        quarantineVlan: 66,
        authorizationProfiles: ['Lazaret-VLAN-66'],
        permits: [archive],
      },
    ],
    ers: { nodes: nodes.map((url) => ({ url })), user: 'lazaret', passwordFile: `${folder}/ers.password` },
    mnt: { nodes, user: 'lazaret-mnt', passwordFile: `${folder}/mnt.password` },
    caFile,
    timeoutMs: 1000,
    settleMs: 200,
    pollSeconds: 0.2,
    ...changes,
  });
}
