import fc from 'fast-check';
import type { PointIsolation } from '#driver';
import * as ward from '../../testing/isolations.js';

export const gateway = { address: '10.10.0.1', mac: '00:16:3e:00:00:10', port: 'wl-r10' };

export const mri: PointIsolation = {
  ...ward.mri,
  switch: 'ovs-1',
  port: 'wl-mri',
  permits: ward.mri.permits.map((permit) => ({ ...permit, nextHop: gateway })),
};

const byte = fc.integer({ min: 0, max: 255 });
const mac = fc
  .array(byte, { minLength: 5, maxLength: 5 })
  .map((bytes) => ['02', ...bytes.map((b) => b.toString(16).padStart(2, '0'))].join(':'));
const address = fc.tuple(byte, byte).map(([a, b]) => `10.20.${a}.${b}`);
const nextHop = fc.record({ address, mac, port: fc.constantFrom('wl-r10', 'wl-r20', 'wl-archive') });

export const anyIsolation: fc.Arbitrary<PointIsolation> = fc.record({
  deviceNumber: fc.integer({ min: 0, max: 0xffff_ffff }),
  quarantineId: fc.uuid(),
  generation: fc.integer({ min: 0, max: 200_000 }),
  mac,
  address,
  switch: fc.constant('ovs-1'),
  port: fc.constantFrom('wl-mri', 'wl-ct'),
  mode: fc.constantFrom('filter', 'vlan-bridged'),
  quarantineVlan: fc.constant(66),
  homeVlan: fc.constant(10),
  alone: fc.boolean(),
  permits: fc.array(
    fc.record({
      flowId: fc.uuid(),
      peerAddress: address,
      transport: fc.constantFrom('tcp', 'udp'),
      port: fc.integer({ min: 1, max: 65_535 }),
      opener: fc.constantFrom('device', 'peer'),
      nextHop,
    }),
    { maxLength: 8 },
  ),
});
