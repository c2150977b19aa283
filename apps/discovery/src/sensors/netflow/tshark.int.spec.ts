import { ExportReader } from '../flows/export-reader.js';
import { SequenceTracker } from '../flows/sequence.js';
import { recordedDatagrams } from '../flows/state.fixture.js';
import { TemplateStore } from '../flows/template-store.js';
import { hasTshark, readByTshark } from '../flows/tshark.fixture.js';
import { NETFLOW_DECODERS } from './netflow.sensor.js';

const files = hasTshark() ? recordedDatagrams() : [];
if (files.length === 0) console.log('tshark is not compared with: it, or shared/data/netflow, is not here');

function recordedBy(family: string): Uint8Array[] {
  const own = files.filter((one) => one.family === family);
  return own
    .sort((a, b) => Number(b.file.includes('tpl')) - Number(a.file.includes('tpl')))
    .flatMap(({ datagrams }) => datagrams);
}

function flowsOf(family: string) {
  const reader = new ExportReader({
    decoders: NETFLOW_DECODERS,
    templatesOf: (address) => address,
    templates: new TemplateStore(),
    sequences: new SequenceTracker(),
  });
  const read = (bytes: Uint8Array) => reader.read(bytes, { address: 'a', port: 1 }, Date.now()).records;
  return recordedBy(family)
    .flatMap(read)
    .map(({ flow }) => flow);
}

function byTshark(family: string, fields: Record<string, number>): Record<string, string[]> {
  return readByTshark(recordedBy(family), { port: 4739, protocol: 'cflow', fields });
}

(files.length > 0 ? describe : describe.skip)('what nfdump does not read, beside tshark', () => {
  it('is the addresses of Procera, which stand beside zeros of the other version', () => {
    const flows = flowsOf('ipfix_test_procera');
    const of = (etherType: number) => flows.filter((one) => one.etherType === etherType);
    const fields = { 'cflow.srcaddr': 0, 'cflow.dstaddr': 0, 'cflow.srcaddrv6': 0, 'cflow.dstaddrv6': 0 };
    const read = Object.entries(byTshark('ipfix_test_procera', fields)).map(([field, values]) => {
      return [field, values.filter((value) => value !== '0.0.0.0' && value !== '::')] as const;
    });
    expect(Object.fromEntries(read)).toEqual({
      'cflow.srcaddr': of(0x0800).map(({ sourceAddress }) => sourceAddress),
      'cflow.dstaddr': of(0x0800).map(({ destinationAddress }) => destinationAddress),
      'cflow.srcaddrv6': of(0x86dd).map(({ sourceAddress }) => sourceAddress),
      'cflow.dstaddrv6': of(0x86dd).map(({ destinationAddress }) => destinationAddress),
    });
  });

  it('is the other direction that YAF tells (RFC 5103), and the flags in elements of its own', () => {
    const flows = flowsOf('ipfix_test_yaf');
    const fields = { 'cflow.srcaddr': 0, 'cflow.permanent_octets': 0, 'cflow.permanent_packets': 0 };
    const read = byTshark('ipfix_test_yaf', fields);
    expect(read['cflow.srcaddr']).toEqual(flows.map(({ sourceAddress }) => sourceAddress));
    const octets = flows.flatMap(({ octets: forward, reverse }) => [String(forward), String(reverse?.octets)]);
    expect(read['cflow.permanent_octets']?.slice(0, 4)).toEqual(octets);
    // As tshark -V shows elements 14, 15 and 16398, 16399 of enterprise 6871: c2, 11 and 12, 11.
    expect(flows.find(({ protocol }) => protocol === 6)).toMatchObject({ tcpFlags: 0xd3, reverse: { tcpFlags: 0x13 } });
  });
});
