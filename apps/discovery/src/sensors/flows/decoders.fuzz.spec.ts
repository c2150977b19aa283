import { decodeMessage } from '../ipfix/message.js';
import { aV5Datagram, aV9Datagram, dataSet, templateSet } from '../netflow/datagram.fixture.js';
import { decodeV5 } from '../netflow/v5.js';
import { decodeV9 } from '../netflow/v9.js';
import { recordedBy } from '../recording.fixture.js';
import { decodeSflow } from '../sflow/datagram.js';
import {
  aFlowSample,
  aRawHeader,
  aSegment,
  anExpandedSample,
  anSflowDatagram,
  recordedSflow,
} from '../sflow/datagram.fixture.js';
import { mutations } from './mutations.fixture.js';
import { newState, recordedDatagrams, recordedStreams } from './state.fixture.js';
import { MAX_DOMAINS, MAX_TEMPLATES } from './template-store.js';

/** `FUZZ_MUTATIONS=1000000 npm run test:unit -- decoders.fuzz` looks further. */
const MUTATIONS = Number(process.env['FUZZ_MUTATIONS'] ?? 20_000);
const HANG_MS = 50;
const SEED = 20_261_125;

const recorded = [
  ...recordedDatagrams().flatMap((one) => one.datagrams),
  ...recordedStreams().flatMap((one) => one.datagrams),
];
const ofVersion = (version: number): Uint8Array[] =>
  recorded.filter((bytes) => ((bytes[0] ?? 0) << 8) + (bytes[1] ?? 0) === version);

const state = newState();
const pair = [
  [8, 4],
  [12, 4],
  [82, 65_535],
] as const;
const built9 = aV9Datagram([templateSet(300, pair), dataSet(300, [10, 0, 0, 1, 10, 0, 0, 2, 3, 1, 2, 3])]);
const record5 = {
  source: [10, 0, 0, 1],
  destination: [10, 0, 0, 2],
  input: 1,
  output: 2,
  packets: 1,
  octets: 60,
  first: 1,
  last: 2,
};
const built5 = aV5Datagram([{ ...record5, sourcePort: 1, destinationPort: 2, flags: 2, protocol: 6 }]);
const records = [aRawHeader(aSegment()), aRawHeader(aSegment({ vlan: 7 }))];
const builtS = anSflowDatagram([aFlowSample(records), anExpandedSample(records)]);

const decoders = [
  [
    'IPFIX',
    [...recordedBy('ipfix').map(({ bytes }) => bytes), ...ofVersion(10)],
    (b: Uint8Array) => decodeMessage(b, state),
  ],
  ['NetFlow v9', [built9, ...ofVersion(9)], (b: Uint8Array) => decodeV9(b, state)],
  ['NetFlow v5', [built5, ...ofVersion(5)], decodeV5],
  ['sFlow', [builtS, ...recordedSflow()], decodeSflow],
] as const;

describe.each(decoders)('the decoder of %s', (_, corpus, decode: (bytes: Uint8Array) => unknown) => {
  it(`meets ${MUTATIONS} damaged datagrams, and neither throws nor takes longer than ${HANG_MS} ms`, () => {
    for (const bytes of corpus) decode(bytes);
    const damaged = mutations(corpus, SEED);
    for (let count = 0; count < MUTATIONS; count += 1) {
      const bytes = damaged.next().value;
      if (slowest(() => decode(bytes)) > HANG_MS) throw new Error(`hangs at ${Buffer.from(bytes).toString('hex')}`);
    }
  });

  it('has kept no more than its bounds allow', () => {
    expect(state.templates.takeChanges().length).toBeLessThanOrEqual(MAX_DOMAINS * MAX_TEMPLATES);
    expect(state.options.size).toBeLessThan(100_000);
  });
});

/** How long it takes; a machine that is busy with something else is asked again before it is believed. */
function slowest(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least > HANG_MS; tries += 1) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}
