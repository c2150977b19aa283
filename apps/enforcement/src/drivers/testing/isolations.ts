import type { PointIsolation } from '#driver';
import { permit } from '../syntax/testing/isolations.js';

/** What a scanner of the ward needs. */
export const permits = {
  store: permit('store', '10.20.0.10', 'tcp', 104, 'device'),
  commit: permit('commit', '10.20.0.10', 'tcp', 11113, 'peer'),
  worklist: permit('worklist', '10.20.0.11', 'tcp', 105, 'device'),
  dns: permit('dns', '10.20.0.53', 'udp', 53, 'device'),
};

/** Two scanners at one switch, moved into the quarantine VLAN. Drivers' tests say what is different at their points. */
export const mri: PointIsolation = {
  deviceNumber: 1,
  quarantineId: '01932b1c-0000-7000-8000-000000000001',
  generation: 1,
  mac: '08:00:06:10:00:11',
  address: '10.10.0.11',
  switch: 'sw-1',
  port: '7',
  mode: 'vlan-bridged',
  quarantineVlan: 66,
  homeVlan: 10,
  alone: true,
  permits: [permits.store, permits.commit, permits.dns],
};

export const ct: PointIsolation = {
  ...mri,
  deviceNumber: 2,
  quarantineId: '01932b1c-0000-7000-8000-000000000002',
  mac: '08:00:06:10:00:13',
  address: '10.10.0.13',
  port: '8',
};
