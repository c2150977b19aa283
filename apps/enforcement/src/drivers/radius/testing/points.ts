import type { PointIsolation } from '#driver';
import * as ward from '../../testing/isolations.js';
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

const archive = { peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' } as const;

/** A point whose CoA carries the isolation itself: a role of the switch. */
export function carryingPoint(model: ModelName, changes: object = {}): RadiusPoint {
  return aPoint(model, {
    policyPoint: null,
    sessions: snmpSessions,
    policies: [
      { name: 'lazaret-mri', mode: 'vlan-bridged', quarantineVlan: 66, permits: [archive] },
      { name: 'lazaret-mri-in-place', mode: 'filter', permits: [archive] },
    ],
    ...changes,
  });
}

const { store, dns } = ward.permits;

export const mri: PointIsolation = { ...ward.mri, port: '1/1/7', permits: [store, dns] };
export const ct: PointIsolation = { ...ward.ct, port: '1/1/8', permits: [store, dns] };
