import { hasTshark, readByTshark } from '../flows/tshark.fixture.js';
import {
  aFlowSample,
  aRawHeader,
  aSegment,
  anExpandedSample,
  anSflowDatagram,
  recordedSflow,
} from './datagram.fixture.js';
import { decodeSflow } from './datagram.js';
import type { FlowSample } from './sample.js';

/** Of each the headers around a datagram bring so many. */
const FIELDS = {
  'sflow.flow_sample.sampling_rate': 0,
  'eth.src': 1,
  'eth.dst': 1,
  'vlan.id': 0,
  'ip.src': 1,
  'ip.dst': 1,
  'ipv6.src': 0,
  'ipv6.dst': 0,
  'tcp.srcport': 0,
  'tcp.dstport': 0,
  'tcp.flags': 0,
  'udp.srcport': 1,
  'udp.dstport': 1,
};

function ours(samples: readonly FlowSample[]): Record<string, string[]> {
  const frames = samples.map(({ frame }) => frame);
  const of = (etherType: number) => frames.filter((one) => one.etherType === etherType);
  const over = (protocol: number) => frames.filter((one) => one.protocol === protocol);
  const texts = (values: readonly unknown[]): string[] => values.filter((value) => value !== null).map(String);
  return {
    'sflow.flow_sample.sampling_rate': texts(samples.map(({ sampledOneIn }) => sampledOneIn)),
    'eth.src': texts(frames.map(({ sourceMac }) => sourceMac)),
    'eth.dst': texts(frames.map(({ destinationMac }) => destinationMac)),
    'vlan.id': texts(frames.map(({ vlan }) => vlan)),
    'ip.src': texts(of(0x0800).map(({ sourceAddress }) => sourceAddress)),
    'ip.dst': texts(of(0x0800).map(({ destinationAddress }) => destinationAddress)),
    'ipv6.src': texts(of(0x86dd).map(({ sourceAddress }) => sourceAddress)),
    'ipv6.dst': texts(of(0x86dd).map(({ destinationAddress }) => destinationAddress)),
    'tcp.srcport': texts(over(6).map(({ sourcePort }) => sourcePort)),
    'tcp.dstport': texts(over(6).map(({ destinationPort }) => destinationPort)),
    'tcp.flags': over(6).map(({ tcpFlags }) => `0x${(tcpFlags ?? 0).toString(16).padStart(4, '0')}`),
    'udp.srcport': texts(over(17).map(({ sourcePort }) => sourcePort)),
    'udp.dstport': texts(over(17).map(({ destinationPort }) => destinationPort)),
  };
}

function samplesOf(datagrams: readonly Uint8Array[]): FlowSample[] {
  return datagrams.flatMap((bytes) => {
    const result = decodeSflow(bytes);
    if (!result.ok) throw new Error(result.reason);
    return result.datagram.samples;
  });
}

const possible = hasTshark();
if (!possible) console.log('tshark is not compared with: it is not here');

(possible ? describe : describe.skip)('the fields of sFlow, beside tshark', () => {
  const read = (datagrams: readonly Uint8Array[]) =>
    readByTshark(datagrams, { port: 6343, protocol: 'sflow', fields: FIELDS });

  it('are the same in what Open vSwitch sent', () => {
    const datagrams = recordedSflow();
    expect(ours(samplesOf(datagrams))).toEqual(read(datagrams));
  });

  it('are the same in samples of both forms, tagged and not', () => {
    const frames = [
      aSegment(),
      aSegment({ vlan: 30, flags: 0x14 }),
      aSegment({ sourcePort: 1, destinationPort: 65_535 }),
    ];
    const datagrams = frames.map((frame, index) =>
      anSflowDatagram(
        [aFlowSample([aRawHeader(frame)], { rate: 512 }), anExpandedSample([aRawHeader(frame)], { rate: 7 })],
        {
          sequence: index + 1,
        },
      ),
    );
    const { ['sflow.flow_sample.sampling_rate']: _, ...found } = ours(samplesOf(datagrams));
    const { ['sflow.flow_sample.sampling_rate']: __, ...expected } = read(datagrams);
    expect(found).toEqual(expected);
  });
});
