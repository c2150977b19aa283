import fc from 'fast-check';
import type { PointIsolation, PointPermit } from '#driver';

/** A magnetic resonance scanner in a hospital: images and worklist out, storage commitment called back, names, time. */
export const scanner: PointIsolation = {
  deviceNumber: 7,
  quarantineId: '01932b1c-0000-7000-8000-000000000007',
  generation: 3,
  mac: '08:00:06:10:00:11',
  address: '10.10.0.11',
  switch: 'access-3',
  port: 'Gi1/0/7',
  mode: 'filter',
  quarantineVlan: null,
  homeVlan: 10,
  alone: true,
  permits: [
    permit('store', '10.20.0.10', 'tcp', 104, 'device'),
    permit('commitment', '10.20.0.10', 'tcp', 11113, 'peer'),
    permit('worklist', '10.20.0.11', 'tcp', 105, 'device'),
    permit('names', '10.20.0.53', 'udp', 53, 'device'),
    permit('audit', '2001:db8:20::10', 'tcp', 6514, 'device'),
  ],
};

export function permit(
  flowId: string,
  peerAddress: string,
  transport: PointPermit['transport'],
  port: number,
  opener: PointPermit['opener'],
): PointPermit {
  return { flowId, peerAddress, transport, port, opener, nextHop: null };
}

/** Few addresses and ports, so that permits and packets meet. */
export const peers = ['10.20.0.10', '10.20.0.11', '2001:db8:20::10', '2001:db8:20::11'];
export const ports = [53, 104, 11112];

export const anyIsolation: fc.Arbitrary<PointIsolation> = fc
  .array(
    fc.record({
      flowId: fc.uuid(),
      peerAddress: fc.constantFrom(...peers),
      transport: fc.constantFrom('tcp', 'udp'),
      port: fc.constantFrom(...ports),
      opener: fc.constantFrom('device', 'peer'),
      nextHop: fc.constant(null),
    }),
    { maxLength: 6 },
  )
  .map((permits) => ({ ...scanner, permits }));
