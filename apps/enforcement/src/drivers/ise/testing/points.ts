import type { PointIsolation } from '#driver';
import { isePointSchema, type IsePoint } from '../config.js';

const permit = { transport: 'tcp', opener: 'device', nextHop: null } as const;

export const mri: PointIsolation = {
  deviceNumber: 1,
  quarantineId: '01932b1c-0000-7000-8000-000000000001',
  generation: 1,
  mac: '08:00:06:10:00:11',
  address: '10.10.0.11',
  switch: 'access-1',
  port: 'GigabitEthernet1/0/7',
  mode: 'filter',
  quarantineVlan: null,
  homeVlan: 10,
  alone: false,
  permits: [
    { flowId: 'store', peerAddress: '10.20.0.10', port: 104, ...permit },
    { flowId: 'worklist', peerAddress: '10.20.0.11', port: 105, ...permit },
    { flowId: 'commit', peerAddress: '10.20.0.10', port: 11113, ...permit, opener: 'peer' },
  ],
};

export const ct: PointIsolation = {
  ...mri,
  deviceNumber: 2,
  quarantineId: '01932b1c-0000-7000-8000-000000000002',
  mac: '08:00:06:10:00:13',
  address: '10.10.0.13',
  port: 'GigabitEthernet1/0/9',
  mode: 'vlan-bridged',
  quarantineVlan: 66,
  permits: [mri.permits[0]!],
};

const archive = { peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' };
const worklist = { peerAddress: '10.20.0.11', transport: 'tcp', port: 105, opener: 'device' };

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
        permits: [archive, worklist],
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
