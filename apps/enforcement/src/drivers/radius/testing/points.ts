import type { PointIsolation } from '#driver';
import { radiusPointSchema, type RadiusPoint } from '../config.js';
import type { ModelName } from '../models/models.js';

/** A point as its configuration gives it; `changes` as they stand there. */
export function aPoint(model: ModelName, changes: object = {}): RadiusPoint {
  return radiusPointSchema.parse({
    kind: 'radius',
    id: 'sw-1',
    model,
    host: '127.0.0.1',
    nas: { address: '10.99.0.2' },
    secretFile: '/etc/lazaret/radius/sw-1.secret',
    policyPoint: 'radius-policy',
    quarantineVlan: 66,
    ...changes,
  });
}

export const snmpSessions = {
  from: 'snmp',
  table: 'aos-cx',
  connection: { version: 'v2c', host: '127.0.0.1', communityFile: '/etc/lazaret/snmp/sw-1.community' },
};

const store = { peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' } as const;

/** A point whose CoA carries the isolation itself: a role of the switch. */
export function carryingPoint(model: ModelName, changes: object = {}): RadiusPoint {
  return aPoint(model, {
    policyPoint: null,
    sessions: snmpSessions,
    policies: [
      { name: 'lazaret-mri', mode: 'vlan-bridged', quarantineVlan: 66, permits: [store] },
      { name: 'lazaret-mri-in-place', mode: 'filter', permits: [store] },
    ],
    ...changes,
  });
}

export const mri: PointIsolation = {
  deviceNumber: 1,
  quarantineId: '01932b1c-0000-7000-8000-000000000001',
  generation: 1,
  mac: '08:00:06:10:00:11',
  address: '10.10.0.11',
  switch: 'sw-1',
  port: '1/1/7',
  mode: 'vlan-bridged',
  quarantineVlan: 66,
  homeVlan: 10,
  alone: true,
  permits: [
    { flowId: 'store', ...store, nextHop: null },
    { flowId: 'dns', peerAddress: '10.20.0.53', transport: 'udp', port: 53, opener: 'device', nextHop: null },
  ],
};

export const ct: PointIsolation = {
  ...mri,
  deviceNumber: 2,
  quarantineId: '01932b1c-0000-7000-8000-000000000002',
  mac: '08:00:06:10:00:13',
  address: '10.10.0.13',
  port: '1/1/8',
};
