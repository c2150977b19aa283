import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { ExportReader } from '../flows/export-reader.js';
import { SequenceTracker } from '../flows/sequence.js';
import { TemplateStore } from '../flows/template-store.js';
import { EXPORTED_AT, UPTIME, aV5Datagram, type V5Record } from './datagram.fixture.js';
import { NETFLOW_DECODERS } from './netflow.sensor.js';
import { decodeV5 } from './v5.js';

const port = fc.integer({ min: 0, max: 65_535 });
const count = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const address = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((octets) => [...octets]);
const record = fc.record<V5Record>({
  source: address,
  destination: address,
  input: port,
  output: port,
  packets: count,
  octets: count,
  first: fc.integer({ min: 0, max: UPTIME }),
  last: fc.integer({ min: 0, max: UPTIME }),
  sourcePort: port,
  destinationPort: port,
  flags: fc.integer({ min: 0, max: 255 }),
  protocol: fc.constantFrom(1, 6, 17, 47),
});

function decode(datagram: Uint8Array) {
  const result = decodeV5(datagram);
  if (!result.ok) throw new Error(result.reason);
  return result.message;
}

describe('a NetFlow v5 datagram', () => {
  it('tells what was put into it', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), count, (records, sequence) => {
        const message = decode(aV5Datagram(records, { sequence }));
        expect(message).toMatchObject({
          version: 5,
          sequence,
          domain: 0x0102,
          dataRecords: records.length,
          refusals: [],
        });
        const at = (uptime: number): number => EXPORTED_AT * 1000 + 250 - (UPTIME - uptime);
        expect(message.flows.map(({ flow }) => flow)).toMatchObject(
          records.map((one) => ({
            sourceAddress: one.source.join('.'),
            destinationAddress: one.destination.join('.'),
            ingressInterface: one.input,
            egressInterface: one.output,
            frames: one.packets,
            octets: one.octets,
            protocol: one.protocol,
            tcpFlags: one.flags,
            sourcePort: one.protocol === 6 || one.protocol === 17 ? one.sourcePort : null,
            destinationPort: one.protocol === 6 || one.protocol === 17 ? one.destinationPort : null,
            icmpTypeCode: one.protocol === 1 ? one.destinationPort : null,
            start: at(one.first),
            end: Math.max(at(one.first), at(one.last)),
            sampledOneIn: 1,
          })),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('says how its exporter samples, in the low 14 bits', () => {
    const [one] = fc.sample(record, 1);
    const message = decode(aV5Datagram([one as V5Record], { sampling: 0x4000 | 512 }));
    expect(message.flows[0]?.flow.sampledOneIn).toBe(512);
  });

  it('tells times across the wrap of the exporter’s uptime', () => {
    const [one] = fc.sample(record, 1);
    const wrapped = { ...(one as V5Record), first: 2 ** 32 - 1000, last: 500 };
    const message = decode(aV5Datagram([wrapped], { uptime: 2000 }));
    const exportAt = EXPORTED_AT * 1000 + 250;
    expect(message.flows[0]?.flow).toMatchObject({ start: exportAt - 3000, end: exportAt - 1500 });
  });

  it('shorter than its count is not taken', () => {
    const records = fc.sample(record, 3);
    expect(decodeV5(aV5Datagram(records).subarray(0, 24 + 2 * 48 + 40))).toEqual({ ok: false, reason: 'truncated' });
  });
});

describe('what Open vSwitch 3.1.0 sent as NetFlow v5', () => {
  const bytes = readFileSync(new URL('./testdata/open-vswitch-3.1.0-v5.rec', import.meta.url));
  const datagrams: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) {
    datagrams.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
  }
  const reader = new ExportReader({
    decoders: NETFLOW_DECODERS,
    templatesOf: (address) => address,
    templates: new TemplateStore(),
    sequences: new SequenceTracker(),
  });
  const heard = datagrams.map((datagram) => reader.read(datagram, { address: '127.0.0.1', port: 1 }, Date.now()));

  it('is read without loss, though its number is that of the last record', () => {
    expect(heard.reduce((sum, { lost }) => sum + lost, 0)).toBe(0);
  });

  it('names the SYN, its answer and the refusal that were sent', () => {
    const flows = heard.flatMap(({ records }) => records.map(({ flow }) => flow));
    const found = flows.map((f) => [f.sourceAddress, f.sourcePort, f.destinationPort, f.tcpFlags, f.ingressInterface]);
    expect(found).toContainEqual(['10.10.0.11', 40_001, 104, 0x02, 1]);
    expect(found).toContainEqual(['10.10.0.13', 104, 40_001, 0x12, 2]);
    expect(found).toContainEqual(['10.10.0.13', 445, 40_002, 0x14, 2]);
  });
});
