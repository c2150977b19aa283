import fc from 'fast-check';
import { MAX_DATAGRAM } from '../flows/message.js';
import { newState } from '../flows/state.fixture.js';
import { TemplateStore, MAX_TEMPLATES } from '../flows/template-store.js';
import { decodeMessage } from './message.js';
import { anIpfixMessage, dataSet, optionsTemplateSet, templateSet } from './message.fixture.js';
import { recordedBy } from '../recording.fixture.js';

const EXPORTER = '10.99.0.2';
const MACS = [
  [56, 6],
  [80, 6],
  [256, 2],
] as const;
const aFrame = [0x08, 0, 6, 0x10, 0, 0x11, 0, 0x16, 0x3e, 0, 0, 0x10, 0x08, 0x00];

function decode(datagram: Uint8Array, store = new TemplateStore()) {
  const result = decodeMessage(datagram, newState(EXPORTER, store));
  if (!result.ok) throw new Error(result.reason);
  return result.message;
}

describe('an IPFIX message', () => {
  it('is read with the template that stands in the same message', () => {
    const message = decode(anIpfixMessage([templateSet(256, MACS), dataSet(256, aFrame)]));
    expect(message.refusals).toEqual([]);
    expect(message.flows[0]?.flow).toMatchObject({
      sourceMac: '08:00:06:10:00:11',
      destinationMac: '00:16:3e:00:00:10',
      etherType: 0x0800,
    });
  });

  it('is read with a template that came in an earlier message, but only from the same exporter and domain', () => {
    const store = new TemplateStore();
    decode(anIpfixMessage([templateSet(256, MACS)], { domain: 10 }), store);
    expect(decode(anIpfixMessage([dataSet(256, aFrame)], { domain: 10 }), store).flows).toHaveLength(1);
    expect(decode(anIpfixMessage([dataSet(256, aFrame)], { domain: 1 }), store).unknown).toEqual([
      { templateId: 256, from: 20, end: 34 },
    ]);
    const other = decodeMessage(anIpfixMessage([dataSet(256, aFrame)], { domain: 10 }), newState('10.99.0.3', store));
    expect(other.ok && other.message.unknown).toHaveLength(1);
  });

  it('without a known template is told, and how many records it held is not guessed', () => {
    const message = decode(anIpfixMessage([dataSet(300, aFrame)]));
    expect(message).toMatchObject({ unknown: [{ templateId: 300 }], dataRecords: null, flows: [] });
  });

  it('takes elements of an enterprise and fields of variable length, short and long form', () => {
    const fields = [...MACS, [82, 0xffff], [861, 0xffff, 6876], [2, 8]] as const;
    const long = [255, 1, 4, ...Array.from({ length: 260 }, () => 0x41)];
    const record = [...aFrame, 3, ...Buffer.from('eth'), ...long, 0, 0, 0, 0, 0, 0, 0, 9];
    const message = decode(anIpfixMessage([templateSet(256, fields), dataSet(256, record)]));
    expect(message.flows[0]?.flow).toMatchObject({ ingressPort: 'eth', egressPort: null, frames: 9 });
  });

  it('takes the first interface name as the way in and the second as the way out', () => {
    const fields = [...MACS, [82, 0xffff], [82, 0xffff]] as const;
    const record = [...aFrame, 2, ...Buffer.from('p1'), 2, ...Buffer.from('p2')];
    const message = decode(anIpfixMessage([templateSet(256, fields), dataSet(256, record)]));
    expect(message.flows[0]?.flow).toMatchObject({ ingressPort: 'p1', egressPort: 'p2' });
  });

  it('takes padding behind records and behind templates for what it is', () => {
    const message = decode(anIpfixMessage([templateSet(256, MACS, [0, 0]), dataSet(256, [...aFrame, 0, 0, 0])]));
    expect(message).toMatchObject({ refusals: [], dataRecords: 1 });
  });

  it('counts records of options as data records and as no flow', () => {
    const options = optionsTemplateSet(300, 1, [
      [144, 4],
      [167, 8],
    ]);
    const message = decode(anIpfixMessage([options, dataSet(300, new Array<number>(12).fill(0))]));
    expect(message).toMatchObject({ flows: [], dataRecords: 1, refusals: [] });
  });

  it('of both directions (RFC 5103) tells the other one, and by YAF elements the flags of each', () => {
    const fields = [
      [8, 4],
      [12, 4],
      [4, 1],
      [2, 4],
      [1, 4],
      [14, 1, 6871],
      [15, 1, 6871],
      [2, 4, 29305],
      [1, 4, 29305],
      [0x4000 | 14, 1, 6871],
    ] as const;
    const record = [10, 0, 0, 1, 10, 0, 0, 2, 6, 0, 0, 0, 5, 0, 0, 1, 0, 0x02, 0x18, 0, 0, 0, 3, 0, 0, 0, 200, 0x12];
    const message = decode(anIpfixMessage([templateSet(256, fields), dataSet(256, record)]));
    expect(message.flows[0]?.flow).toMatchObject({
      frames: 5,
      octets: 256,
      tcpFlags: 0x1a,
      reverse: { frames: 3, octets: 200, tcpFlags: 0x12 },
    });
  });

  it('of both directions that names the called side first is turned, so that the source is who opened', () => {
    const fields = [
      [8, 4],
      [12, 4],
      [7, 2],
      [11, 2],
      [2, 1],
      [2, 1, 29305],
      [239, 1],
    ] as const;
    const record = [10, 0, 0, 1, 10, 0, 0, 2, 0, 104, 0x9c, 0x41, 3, 5, 2];
    const message = decode(anIpfixMessage([templateSet(256, fields), dataSet(256, record)]));
    expect(message.flows[0]?.flow).toMatchObject({
      sourceAddress: '10.0.0.2',
      sourcePort: 40_001,
      destinationPort: 104,
      frames: 5,
      reverse: { frames: 3 },
    });
  });

  it('tells by its options how an exporter samples and what it calls its interfaces', () => {
    const state = newState();
    const options = optionsTemplateSet(300, 1, [
      [302, 4],
      [305, 4],
      [306, 4],
    ]);
    const names = optionsTemplateSet(301, 1, [
      [10, 4],
      [82, 4],
    ]);
    const flow = [...MACS, [302, 4]] as const;
    const told = [0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 99];
    const sets = [templateSet(256, flow), dataSet(256, [...aFrame, 0, 0, 0, 7]), options, dataSet(300, told)];
    const more = [names, dataSet(301, [0, 0, 0, 3, 0x67, 0x65, 0x33, 0]), dataSet(256, [...aFrame, 0, 0, 0, 7])];
    const result = decodeMessage(anIpfixMessage([...sets, ...more]), state);
    expect(result.ok && result.message.flows.map((one) => one.flow.sampledOneIn)).toEqual([null, 100]);
    expect(state.options.interfaceName(EXPORTER, 10, 3)).toBe('ge3');
  });

  it('withdraws one template, or all of a kind', () => {
    const store = new TemplateStore();
    decode(anIpfixMessage([templateSet(256, MACS), templateSet(257, MACS)]), store);
    decode(anIpfixMessage([templateSet(256, [])]), store);
    expect(store.get(EXPORTER, 10, 256)).toBeUndefined();
    expect(store.get(EXPORTER, 10, 257)).toBeDefined();
    decode(anIpfixMessage([templateSet(2, [])]), store);
    expect(store.get(EXPORTER, 10, 257)).toBeUndefined();
  });

  it('keeps what it could read when a later set is broken', () => {
    const broken = [0, 2, 0xff, 0xff];
    const message = decode(anIpfixMessage([templateSet(256, MACS), dataSet(256, aFrame), broken]));
    expect(message.flows).toHaveLength(1);
    expect(message.refusals).toEqual(['bad-set']);
  });

  it('refuses a template whose records would have no octets', () => {
    expect(decode(anIpfixMessage([templateSet(256, [[56, 0]])])).refusals).toEqual(['bad-template']);
  });

  it('refuses more templates than an exporter can have', () => {
    const store = new TemplateStore();
    for (let id = 0; id < MAX_TEMPLATES; id += 1) decode(anIpfixMessage([templateSet(256 + id, MACS)]), store);
    expect(decode(anIpfixMessage([templateSet(9000, MACS)]), store).refusals).toEqual(['too-many-templates']);
  });

  it.each([
    ['a datagram of another version', Uint8Array.from([0, 9, ...new Array<number>(20).fill(0)]), 'wrong-version'],
    ['a datagram shorter than a header', Uint8Array.from([0, 10, 0, 16]), 'truncated'],
    ['a datagram shorter than it says', anIpfixMessage([templateSet(256, MACS)]).subarray(0, 20), 'truncated'],
    ['a huge datagram', new Uint8Array(MAX_DATAGRAM + 1), 'huge'],
  ])('refuses %s', (_, datagram, reason) => {
    expect(decodeMessage(datagram, newState())).toEqual({ ok: false, reason });
  });

  it('never throws and never reads beyond the datagram, whatever it holds', () => {
    const set = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ maxLength: 60 }).map((body) => Uint8Array.from([0, 2, 0, body.length + 4, ...body])),
      fc.uint8Array({ maxLength: 60 }).map((body) => Uint8Array.from([1, 0, 0, body.length + 4, ...body])),
    );
    fc.assert(
      fc.property(fc.array(set, { maxLength: 8 }), (sets) => {
        const store = new TemplateStore();
        decode(anIpfixMessage([templateSet(256, [...MACS, [82, 0xffff]])]), store);
        // Inside a larger buffer, so that a read beyond the end would find something.
        const message = anIpfixMessage(sets.map((bytes) => [...bytes]));
        const room = new Uint8Array(message.length + 64).fill(0x5a);
        room.set(message, 32);
        const decoded = decodeMessage(room.subarray(32, 32 + message.length), newState(EXPORTER, store));
        expect(decoded.ok).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what Open vSwitch 3.1.0 sent in a recorded ward', () => {
  const store = new TemplateStore();
  const messages = recordedBy('ipfix').map(({ bytes }) => decode(bytes, store));

  it('is read without a refusal', () => {
    expect(messages.flatMap(({ refusals }) => refusals)).toEqual([]);
    expect(messages.reduce((sum, { flows }) => sum + flows.length, 0)).toBeGreaterThan(200);
  });

  it('brings 88 templates of flows for each of its two domains', () => {
    const puts = store.takeChanges().filter(({ domain }) => domain !== 0);
    expect(puts).toHaveLength(176);
  });

  it('names the port that a frame entered by and, on its way out, the one that it left by', () => {
    const flows = messages.flatMap((m) => m.flows.map(({ flow }) => flow));
    const out = flows.find((f) => f.direction === 'out' && f.destinationPort === 104 && f.egressPort === 'wl-archive');
    expect(out).toMatchObject({ ingressPort: 'wl-r20', sourceAddress: '10.10.0.11', destinationAddress: '10.20.0.10' });
  });
});
