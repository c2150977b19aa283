import fc from 'fast-check';
import { OPENERS, SERVICES, TRANSPORTS, type DeclaredFlow } from '#events';
import { flowText, parseFlows } from './flow-text.js';

it('reads who opens a flow, to whom, and whether it is required', () => {
  const { flows } = parseFlows(
    'dicom-store>ARCHIVE:tcp/104!; dicom-commitment<ARCHIVE:tcp/11113 ;dns>address=10.20.0.53:udp/53',
  );
  expect(flows).toEqual([
    {
      service: 'dicom-store',
      peer: 'ARCHIVE',
      peerKind: 'ae-title',
      transport: 'tcp',
      port: 104,
      opener: 'device',
      required: true,
    },
    {
      service: 'dicom-commitment',
      peer: 'ARCHIVE',
      peerKind: 'ae-title',
      transport: 'tcp',
      port: 11113,
      opener: 'peer',
      required: false,
    },
    {
      service: 'dns',
      peer: '10.20.0.53',
      peerKind: 'address',
      transport: 'udp',
      port: 53,
      opener: 'device',
      required: false,
    },
  ]);
});

it.each([
  ['dicom-store ARCHIVE:tcp/104', /expected SERVICE>PEER/],
  ['dicom-shop>ARCHIVE:tcp/104', /unknown service/],
  ['dns>host=a:udp/53', /unknown kind of peer/],
  ['dns>a:sctp/53', /unknown transport/],
  ['dns>a:udp/0', /port/],
  ['dns>a:udp/70000', /port/],
  ['dns>address=10.0.0.300:udp/53', /address/],
  ['dns>   :udp/53', /peer/],
])('says what is wrong with %s', (text, problem) => {
  expect(parseFlows(text)).toMatchObject({ flows: [], problem: expect.stringMatching(problem) as string });
});

it('reads again every flow that it writes', () => {
  const peer = fc.stringMatching(/^[A-Z0-9_.:[\]-][A-Z0-9_ .:[\]=-]{0,14}[A-Z0-9]$/);
  const flow = fc.record<DeclaredFlow>({
    service: fc.constantFrom(...SERVICES),
    peer: peer.filter((name) => !/^[a-z-]+=/.test(name)),
    peerKind: fc.constantFrom('ae-title', 'asset', 'name'),
    transport: fc.constantFrom(...TRANSPORTS),
    port: fc.integer({ min: 1, max: 65535 }),
    opener: fc.constantFrom(...OPENERS),
    required: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 4 }), (flows) => {
      expect(parseFlows(flows.map(flowText).join('; '))).toEqual({ flows, problem: null });
    }),
  );
});

it('never throws, whatever the cell holds', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseFlows(text)));
});
