import { containmentMs, timelineOf, timelineText, type TimelineSources } from './timeline.js';
import { isPermitted, nothingArrived, wormWasBusy, type Containment } from './witnesses.js';
import type { Packet, WormAttempt } from '../ward/index.js';

const sources: TimelineSources = {
  firstWormPacket: 1000.25,
  firstEvidence: 1005,
  propose: 1230,
  isolate: 2040,
  decision: 2060,
  permitsIn: 2090,
  portMoved: 2120,
  acknowledged: 2150,
  proven: 2750,
};

it('the timeline counts from the first worm packet to proven', () => {
  expect(containmentMs(sources)).toBe(1750);
  expect(timelineText(timelineOf(sources)).split('\n')).toHaveLength(9);
  expect(timelineText(timelineOf(sources))).toMatch(/permits in +1090 ms {2}\(\+30\)/);
});

const containment: Containment = {
  mac: '08:00:06:10:00:11',
  address: '10.10.0.11',
  movedAt: 1000,
  until: 3000,
  gatewayAddress: '10.10.0.1',
  permitted: new Set(['10.20.0.10 tcp/104', '10.20.0.10 tcp/peer/11113']),
};
const packet = (rest: Partial<Packet>): Packet => ({
  time: 2000,
  sourceMac: containment.mac,
  destinationMac: 'ff:ff:ff:ff:ff:ff',
  etherType: 2048,
  protocol: 'tcp',
  source: containment.address,
  ...rest,
});
const before = packet({ time: 500, destination: '10.10.0.13', destinationPort: 445 });

describe('the witness of captures', () => {
  it('knows a permitted packet from a forbidden one', () => {
    expect(isPermitted(packet({ destination: '10.20.0.10', destinationPort: 104 }), containment)).toBe(true);
    expect(
      isPermitted(packet({ destination: '10.20.0.10', sourcePort: 11113, destinationPort: 40000 }), containment),
    ).toBe(true);
    expect(isPermitted(packet({ destination: '10.20.0.10', destinationPort: 445 }), containment)).toBe(false);
    expect(isPermitted(packet({ protocol: 'arp', destination: '10.10.0.1' }), containment)).toBe(true);
    expect(isPermitted(packet({ protocol: 'arp', destination: '10.10.0.13' }), containment)).toBe(false);
    expect(isPermitted(packet({ protocol: 'icmpv6', source: 'fe80::1', destination: 'ff02::1' }), containment)).toBe(
      false,
    );
  });

  it('fails when one forbidden packet arrived, and when nothing arrived before the move either', () => {
    const watch = (packets: Packet[]) => nothingArrived([{ place: 'ct', packets }], containment).ok;
    expect(watch([before])).toBe(true);
    expect(watch([before, packet({ destination: '10.10.0.13', destinationPort: 445 })])).toBe(false);
    expect(watch([])).toBe(false);
  });
});

it("the worm's witness fails a run in which the worm was idle", () => {
  const kinds = ['neighbour', 'random', 'name', 'arp', 'ipv6'] as const;
  const attempts = Array.from({ length: 60 }, (_, i): WormAttempt => {
    const kind = kinds[i % kinds.length] ?? 'name';
    return { kind, attempt: i, at: 1100 + i * 30, target: 'x', port: 445 };
  });
  expect(wormWasBusy(attempts, containment, 'conficker').ok).toBe(true);
  expect(
    wormWasBusy(
      attempts.filter(({ kind }) => kind !== 'ipv6'),
      containment,
      'conficker',
    ).ok,
  ).toBe(false);
  expect(
    wormWasBusy(
      attempts.filter(({ at }) => at < 1200),
      containment,
      'conficker',
    ).ok,
  ).toBe(false);
});
