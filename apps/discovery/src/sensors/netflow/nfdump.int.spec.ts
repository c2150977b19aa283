import { ExportReader } from '../flows/export-reader.js';
import type { FlowRecord } from '../flows/flow-record.js';
import { SequenceTracker } from '../flows/sequence.js';
import { recordedDatagrams, recordedStreams } from '../flows/state.fixture.js';
import { TemplateStore } from '../flows/template-store.js';
import { NETFLOW_DECODERS } from './netflow.sensor.js';
import { hasNfdump, readByNfdump, type NfdumpFlow } from './nfdump.fixture.js';

interface Sent {
  exporter: string;
  from: string;
  datagrams: Uint8Array[];
}

const ZERO_MAC = '00:00:00:00:00:00';
/** What nfdump 1.7 does not read there; tshark reads the same as we do (tshark.int.spec.ts). */
const UNREAD_BY_NFDUMP: Readonly<Record<string, readonly (keyof Comparable)[]>> = {
  // Fields of length 16 beside the addresses of version 4 overwrite them with zeros.
  ipfix_test_procera: ['sourceAddress', 'destinationAddress'],
  // Flags stand in CERT's own elements. (The MACs stand in a list of templates, RFC 6313, which we don't read.)
  ipfix_test_yaf: ['tcpFlags'],
};

/** Each exporter has an address of its own, and its templates come first: nfcapd keeps no data without. */
function everythingRecorded(): Sent[] {
  const byFamily = new Map<string, Sent>();
  const inOrder = recordedDatagrams().sort((a, b) => Number(b.file.includes('tpl')) - Number(a.file.includes('tpl')));
  for (const { family, datagrams } of inOrder) {
    const sent = byFamily.get(family) ?? { exporter: family, from: `127.9.0.${byFamily.size + 1}`, datagrams: [] };
    sent.datagrams.push(...datagrams);
    byFamily.set(family, sent);
  }
  const streams = recordedStreams().map(({ file, datagrams }, index) => {
    return { exporter: file, from: `127.9.1.${index + 1}`, datagrams };
  });
  return [...byFamily.values(), ...streams];
}

type Comparable = Record<
  | 'sourceAddress'
  | 'destinationAddress'
  | 'protocol'
  | 'sourcePort'
  | 'destinationPort'
  | 'tcpFlags'
  | 'frames'
  | 'octets'
  | 'ingressInterface'
  | 'egressInterface'
  | 'sourceMac'
  | 'destinationMac'
  | 'times',
  string | number
>;

/** `rate`: nfdump multiplies by the sampling that NetFlow v5 tells in its header. */
function ours(flow: FlowRecord, rate: number): Comparable {
  return {
    sourceAddress: flow.sourceAddress ?? '',
    destinationAddress: flow.destinationAddress ?? '',
    protocol: flow.protocol ?? 0,
    sourcePort: flow.sourcePort ?? 0,
    destinationPort: flow.destinationPort ?? 0,
    tcpFlags: flow.tcpFlags ?? 0,
    frames: flow.frames * rate,
    octets: flow.octets * rate,
    ingressInterface: flow.ingressInterface ?? 0,
    egressInterface: flow.egressInterface ?? 0,
    sourceMac: flow.sourceMac ?? ZERO_MAC,
    destinationMac: flow.destinationMac ?? ZERO_MAC,
    times: textOf(flow.start, flow.end),
  };
}

/**
 * Modulo 2^32 ms: where a flow began before its exporter's uptime did (captures that were replayed), nfdump lays it 49.7
 * days into the future. And in either order: of two uptimes without a system start nfdump takes the last for the first.
 */
function textOf(first: number, last: number): string {
  return [first % 2 ** 32, last % 2 ** 32].sort((a, b) => a - b).join(' and ');
}

/** What nfdump does not say is taken from our side, and so not compared. */
function theirs(flow: NfdumpFlow, own: Comparable): Comparable {
  const hasPorts = flow.src_port !== undefined && flow.proto !== 1 && flow.proto !== 58;
  const [first, last] = [Date.parse(`${flow.first}Z`), Date.parse(`${flow.last}Z`)];
  return {
    sourceAddress: flow.src4_addr ?? flow.src6_addr ?? own.sourceAddress,
    destinationAddress: flow.dst4_addr ?? flow.dst6_addr ?? own.destinationAddress,
    protocol: flow.proto ?? own.protocol,
    sourcePort: hasPorts ? (flow.src_port ?? 0) : own.sourcePort,
    destinationPort: hasPorts ? (flow.dst_port ?? 0) : own.destinationPort,
    tcpFlags: flagsOf(flow.tcp_flags ?? ''),
    frames: flow.in_packets ?? own.frames,
    octets: flow.in_bytes ?? own.octets,
    ingressInterface: flow.input_snmp ?? own.ingressInterface,
    egressInterface: flow.output_snmp ?? own.egressInterface,
    sourceMac: own.sourceMac === ZERO_MAC ? ZERO_MAC : (flow.in_src_mac ?? own.sourceMac),
    destinationMac: own.destinationMac === ZERO_MAC ? ZERO_MAC : (flow.in_dst_mac ?? own.destinationMac),
    times: first === 0 || last === 0 ? own.times : textOf(first, last),
  };
}

/** From the letters CEUAPRSF, highest bit first; a dot where a flag is not set. */
function flagsOf(letters: string): number {
  return [...letters].reduce((flags, letter) => flags * 2 + (letter === '.' ? 0 : 1), 0);
}

const sent = hasNfdump() ? everythingRecorded() : [];
if (sent.length === 0) console.log('nfdump is not compared with: it, or shared/data/netflow, is not here');

(sent.length > 0 ? describe : describe.skip)('the fields of every recorded datagram, beside nfcapd and nfdump', () => {
  let printed: NfdumpFlow[] = [];
  beforeAll(async () => {
    printed = await readByNfdump(sent.flatMap(({ from, datagrams }) => datagrams.map((bytes) => ({ from, bytes }))));
  });

  it.each(sent.map((one) => [one.exporter, one] as const))('of %s are the same', (exporter, { from, datagrams }) => {
    const reader = new ExportReader({
      decoders: NETFLOW_DECODERS,
      templatesOf: (address, version) => `${address}|${version}`,
      templates: new TemplateStore(),
      sequences: new SequenceTracker(),
    });
    const flows = datagrams.flatMap((bytes) => reader.read(bytes, { address: from, port: 1 }, Date.now()).records);
    const isV5 = datagrams[0]?.[1] === 5;
    const found = flows.map(({ flow }) => ours(flow, isV5 ? (flow.sampledOneIn ?? 1) : 1));
    const expected = printed
      .filter(({ ip4_router: router }) => router === from)
      .map((flow, index) => {
        const own = found[index];
        if (!own) throw new Error('nfdump read more flows');
        const unread = (UNREAD_BY_NFDUMP[exporter] ?? []).map((field) => [field, own[field]] as const);
        return { ...theirs(flow, own), ...Object.fromEntries(unread) };
      });
    expect(found).toEqual(expected);
  });
});
