import fc from 'fast-check';
import { SequenceTracker } from '../flows/sequence.js';
import { MAX_SAMPLES, decodeSflow } from './datagram.js';
import {
  aFlowSample,
  aRawHeader,
  aSegment,
  anExpandedSample,
  anSflowDatagram,
  opaque,
  recordedSflow,
  u32,
} from './datagram.fixture.js';
import { SflowReader } from './sflow-reader.js';

function decode(bytes: Uint8Array) {
  const result = decodeSflow(bytes);
  if (!result.ok) throw new Error(result.reason);
  return result.datagram;
}

describe('an sFlow datagram', () => {
  it('tells what was put into it, in the compact and the expanded form', () => {
    const port = fc.integer({ min: 0, max: 65_535 });
    const sample = fc.record({
      sourcePort: port,
      destinationPort: port,
      flags: fc.integer({ min: 0, max: 255 }),
      vlan: fc.integer({ min: 0, max: 4094 }),
      rate: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      input: fc.integer({ min: 1, max: 10_000 }),
      output: fc.integer({ min: 1, max: 10_000 }),
      expanded: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 12 }), (samples) => {
        const built = samples.map((one) => {
          const records = [aRawHeader(aSegment(one), { length: 1400 })];
          return one.expanded ? anExpandedSample(records, one) : aFlowSample(records, one);
        });
        const datagram = decode(anSflowDatagram(built, { sequence: 9, subAgent: 3 }));
        expect(datagram).toMatchObject({ agent: '10.9.0.1', subAgent: 3, sequence: 9, refusals: [] });
        expect(datagram.samples).toMatchObject(
          samples.map(({ sourcePort, destinationPort, flags, vlan, rate, input, output }) => ({
            sampledOneIn: rate,
            ingressInterface: input,
            egressInterface: output,
            frame: {
              octets: 1400,
              sourceMac: '08:00:06:10:00:11',
              destinationMac: '08:00:06:10:00:13',
              vlan: vlan === 0 ? null : vlan,
              etherType: 0x0800,
              sourceAddress: '10.10.0.11',
              destinationAddress: '10.10.0.13',
              protocol: 6,
              sourcePort,
              destinationPort,
              tcpFlags: flags,
            },
          })),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('names no ports for what is not a datagram’s first fragment', () => {
    const [sample] = decode(anSflowDatagram([aFlowSample([aRawHeader(aSegment({ fragment: 0x00b9 }))])])).samples;
    expect(sample?.frame).toMatchObject({ protocol: 6, sourcePort: null, destinationPort: null, tcpFlags: null });
  });

  it('takes what other records say where there is no header', () => {
    const ipv4 = opaque(3, [
      ...u32(60),
      ...u32(17),
      10,
      0,
      0,
      1,
      10,
      0,
      0,
      2,
      ...u32(5353),
      ...u32(53),
      ...u32(0),
      ...u32(0),
    ]);
    const vlan = opaque(1001, [...u32(20), ...u32(0), ...u32(20), ...u32(0)]);
    const [sample] = decode(anSflowDatagram([aFlowSample([ipv4, vlan])])).samples;
    expect(sample?.frame).toMatchObject({
      sourceAddress: '10.0.0.1',
      destinationPort: 53,
      protocol: 17,
      vlan: 20,
      octets: 60,
    });
  });

  it('passes over counters and what other enterprises add, and counts a sample that ends early', () => {
    const broken = opaque(1, [...u32(1), ...u32(1)]);
    const samples = [opaque(2, u32(7)), opaque((9 << 12) | 1, u32(7)), broken, aFlowSample([aRawHeader(aSegment())])];
    const datagram = decode(anSflowDatagram(samples));
    expect(datagram.samples).toHaveLength(1);
    expect(datagram.refusals).toEqual(['bad-sample']);
  });

  it.each([
    ['of another version', Uint8Array.from([0, 0, 0, 4, ...new Array<number>(40).fill(0)]), 'wrong-version'],
    ['shorter than its header', anSflowDatagram([]).subarray(0, 20), 'truncated'],
    [
      'of an agent that has no address',
      Uint8Array.from([...u32(5), ...u32(7), ...new Array<number>(40).fill(0)]),
      'truncated',
    ],
  ])('is refused: one %s', (_, bytes, reason) => {
    expect(decodeSflow(bytes)).toEqual({ ok: false, reason });
  });

  it('that promises more samples than it holds is read as far as it goes', () => {
    const bytes = anSflowDatagram([aFlowSample([aRawHeader(aSegment())])]);
    new DataView(bytes.buffer).setUint32(24, 0xffff_ffff);
    expect(decode(bytes)).toMatchObject({ samples: [{}], refusals: ['too-many-records', 'truncated'] });
    expect(MAX_SAMPLES).toBeLessThan(0xffff_ffff);
  });
});

describe('what Open vSwitch 3.1.0 sent as sFlow', () => {
  const datagrams = recordedSflow().map(decode);
  const frames = datagrams.flatMap(({ samples }) => samples.map(({ frame }) => frame));

  it('is read without a refusal, every frame once', () => {
    expect(datagrams.flatMap(({ refusals }) => refusals)).toEqual([]);
    expect(frames).toHaveLength(12);
  });

  it('shows segments, a datagram, pings of both versions, a tagged frame and ARP as they were sent', () => {
    expect(frames[0]).toMatchObject({ sourcePort: 40_001, destinationPort: 104, tcpFlags: 0x02, vlan: null });
    expect(frames[4]).toMatchObject({ sourcePort: 445, tcpFlags: 0x14 });
    expect(frames[6]).toMatchObject({ protocol: 1, icmpTypeCode: 8 * 256, sourcePort: null });
    expect(frames[7]).toMatchObject({ sourceAddress: 'fe80::11', destinationPort: 11_112 });
    expect(frames[8]).toMatchObject({ protocol: 17, sourcePort: 7000, destinationPort: 7001 });
    expect(frames[9]).toMatchObject({ protocol: 58, icmpTypeCode: 128 * 256 });
    expect(frames[10]).toMatchObject({ vlan: 10, destinationPort: 2575 });
    expect(frames[11]).toMatchObject({ etherType: 0x0806, sourceAddress: null, sourceMac: '08:00:06:10:00:11' });
  });
});

describe('loss in sFlow', () => {
  const from = { address: '10.9.0.1', port: 5000 };
  const segment = [aRawHeader(aSegment())];
  const lostOf = (reader: SflowReader, sequence: number, drops: number): number =>
    reader.read(anSflowDatagram([aFlowSample(segment, { drops })], { sequence }), from, 1000).lost;

  it('is datagrams that never came, and samples that the agent dropped', () => {
    const reader = new SflowReader(new SequenceTracker());
    expect([lostOf(reader, 1, 5), lostOf(reader, 2, 5), lostOf(reader, 4, 5), lostOf(reader, 5, 12)]).toEqual([
      0, 0, 1, 7,
    ]);
  });

  it('is none when the agent has started anew', () => {
    const reader = new SflowReader(new SequenceTracker());
    expect([lostOf(reader, 5000, 5), lostOf(reader, 1, 0), lostOf(reader, 2, 1)]).toEqual([0, 0, 1]);
  });
});
