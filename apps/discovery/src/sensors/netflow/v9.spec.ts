import fc from 'fast-check';
import { newState } from '../flows/state.fixture.js';
import {
  EXPORTED_AT,
  UPTIME,
  aV9Datagram,
  dataSet,
  optionsTemplateSet,
  templateSet,
  u16,
  u32,
} from './datagram.fixture.js';
import { decodeV9 } from './v9.js';

/** Address, port, protocol, flags, packets, octets, first, last. */
const FIELDS = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
  [2, 4],
  [1, 4],
  [22, 4],
  [21, 4],
] as const;

function record(sourcePort: number, destinationPort: number, packets: number, octets: number): number[] {
  const counts = [...u32(packets), ...u32(octets), ...u32(UPTIME - 5000), ...u32(UPTIME - 1000)];
  return [10, 0, 0, 1, 10, 0, 0, 2, ...u16(sourcePort), ...u16(destinationPort), 6, 0x1b, ...counts];
}

function decode(datagram: Uint8Array, state = newState()) {
  const result = decodeV9(datagram, state);
  if (!result.ok) throw new Error(result.reason);
  return result.message;
}

describe('a NetFlow v9 datagram', () => {
  it('tells what was put into it, with its template in the same datagram', () => {
    const port = fc.integer({ min: 0, max: 65_535 });
    const count = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(port, port, count, count), { minLength: 1, maxLength: 40 }), (records) => {
        const body = records.flatMap((one) => record(...one));
        const message = decode(aV9Datagram([templateSet(300, FIELDS), dataSet(300, body)]));
        expect(message).toMatchObject({ refusals: [], dataRecords: records.length, domain: 10 });
        expect(message.flows.map(({ flow }) => flow)).toMatchObject(
          records.map(([sourcePort, destinationPort, frames, octets]) => ({
            sourceAddress: '10.0.0.1',
            destinationAddress: '10.0.0.2',
            sourcePort,
            destinationPort,
            frames,
            octets,
            tcpFlags: 0x1b,
            start: EXPORTED_AT * 1000 - 5000,
            end: EXPORTED_AT * 1000 - 1000,
          })),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('tells by its options how the exporter samples: by sampler, or all of it', () => {
    const state = newState();
    const sampled = [...FIELDS, [48, 1]] as const;
    const flow = dataSet(300, [...record(1, 2, 3, 4), 7]);
    const before = decode(aV9Datagram([templateSet(300, sampled), flow]), state);
    expect(before.flows[0]?.flow.sampledOneIn).toBeNull();
    const options = optionsTemplateSet(256, [[1, 4]], [
      [48, 1],
      [49, 1],
      [50, 4],
    ] as const);
    const told = dataSet(256, [0, 0, 0, 0, 7, 2, ...u32(2000)]);
    const after = decode(aV9Datagram([options, told, flow]), state);
    expect(after.flows[0]?.flow.sampledOneIn).toBe(2000);
    expect(after.dataRecords).toBe(2);
  });

  it('takes a set that fills the rest with zeros for padding', () => {
    const datagram = aV9Datagram([
      templateSet(300, FIELDS),
      dataSet(300, record(1, 2, 3, 4)),
      new Array<number>(900).fill(0),
    ]);
    expect(decode(datagram)).toMatchObject({ refusals: [], dataRecords: 1 });
  });

  it.each([
    ['ends behind the datagram', [[1, 44, 255, 255]], ['bad-set']],
    ['has a template without fields', [[0, 0, 0, 8, 1, 44, 0, 0]], ['bad-template']],
    ['has a template whose records hold nothing', [templateSet(300, [[8, 0]])], ['bad-template']],
    ['has options whose lengths are no whole fields', [[0, 1, 0, 14, 1, 44, 0, 3, 0, 4, 0, 1, 0, 4]], ['bad-template']],
  ])('is refused by name where a set %s', (_, sets, refusals) => {
    expect(decode(aV9Datagram(sets)).refusals).toEqual(refusals);
  });
});
