import type { Flow } from '../flow.js';
import type { FlowRecord } from './flow-record.js';
import type { HeardRecord } from './heard.js';
import { UNKNOWN_MAC, flowsOf, type ExporterPlace } from './meaning.js';

const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;
const NOW = 1_800_000_000_000;

function heard(flow: Partial<FlowRecord>): HeardRecord {
  const record: FlowRecord = {
    observationPoint: 0,
    direction: null,
    ingressInterface: 1,
    egressInterface: 2,
    ingressPort: null,
    egressPort: null,
    vlan: null,
    sourceMac: null,
    destinationMac: null,
    etherType: 0x0800,
    sourceAddress: '10.10.0.11',
    destinationAddress: '10.20.0.10',
    protocol: 6,
    sourcePort: 40_001,
    destinationPort: 104,
    tcpFlags: SYN | ACK,
    icmpTypeCode: null,
    frames: 5,
    octets: 500,
    reverse: null,
    sampledOneIn: 1,
    start: NOW - 5000,
    end: NOW - 1000,
    ...flow,
  };
  const place = { exporter: '10.9.0.1', exporterPort: 2055, domain: 0, exportTime: NOW / 1000, sequence: 7, index: 24 };
  return { ...place, receivedAt: NOW, flow: record };
}

const PORTS: Record<number, string> = { 1: 'wl-mri', 2: 'wl-archive' };
const place: ExporterPlace = {
  sensorId: 'router-1',
  pointId: 'ovs-1',
  portOf: (_, index) => PORTS[index ?? 0] ?? null,
  showsAnswers: true,
};

function meaning(flow: Partial<FlowRecord>, more: Partial<ExporterPlace> = {}): Flow[] {
  const flows = flowsOf(heard(flow), { ...place, ...more });
  if (typeof flows === 'string') throw new Error(flows);
  return flows;
}

const kindsOf = (flows: readonly Flow[]): string[] => flows.map(({ kind, sourcePort }) => `${kind} from ${sourcePort}`);

describe('a record of TCP', () => {
  it('with SYN and no ACK is an opening that nobody answered, where answers would show', () => {
    expect(kindsOf(meaning({ tcpFlags: SYN, frames: 1 }))).toEqual(['opening from 40001', 'volume from 40001']);
    expect(kindsOf(meaning({ tcpFlags: SYN }, { showsAnswers: false }))).toEqual(['volume from 40001']);
  });

  it('with SYN and ACK is an answered opening towards the service, and an answer from it', () => {
    expect(kindsOf(meaning({}))).toEqual(['opening from 40001', 'answering from 104', 'volume from 40001']);
    expect(kindsOf(meaning({ sourcePort: 104, destinationPort: 40_001 }))).toEqual([
      'answering from 104',
      'volume from 104',
    ]);
  });

  it('of one segment with SYN and ACK is an answer, whatever its ports', () => {
    expect(kindsOf(meaning({ frames: 1 }))).toEqual(['answering from 40001', 'volume from 40001']);
  });

  it('with RST and no SYN is a refusal', () => {
    const refusal = meaning({ sourcePort: 445, destinationPort: 40_002, tcpFlags: RST | ACK });
    expect(kindsOf(refusal)).toEqual(['refusing from 445', 'volume from 445']);
  });

  it('of both directions tells its own outcome, even where others show none', () => {
    const reverse = { frames: 3, octets: 200, tcpFlags: SYN | ACK };
    const quiet = { showsAnswers: false };
    expect(kindsOf(meaning({ reverse }, quiet)).slice(0, 2)).toEqual(['opening from 40001', 'answering from 104']);
    const refused = { ...reverse, tcpFlags: RST | ACK };
    expect(kindsOf(meaning({ tcpFlags: SYN, reverse: refused }, quiet)).slice(0, 2)).toEqual([
      'opening from 40001',
      'refusing from 104',
    ]);
    expect(meaning({ reverse }).at(-1)).toMatchObject({
      kind: 'volume',
      sourceAddress: '10.20.0.10',
      frames: 3,
      octets: 200,
    });
  });

  it('that was sampled shows neither openings nor that they failed', () => {
    expect(kindsOf(meaning({ tcpFlags: SYN, sampledOneIn: 100 }))).toEqual(['volume from 40001']);
  });

  it('seen as it left is no second opening', () => {
    expect(kindsOf(meaning({ direction: 'out', tcpFlags: SYN }))).toEqual(['volume from 40001']);
  });
});

describe('the port of a record', () => {
  it('is named only together with the MAC address that entered by it', () => {
    expect(meaning({ protocol: 17 })).toMatchObject([{ ingressPort: null, egressPort: null, sourceMac: UNKNOWN_MAC }]);
  });

  it('makes of one record a frame that entered and one that left', () => {
    const macs = { sourceMac: '08:00:06:10:00:11', destinationMac: '00:16:3e:20:00:10' };
    expect(meaning({ protocol: 17, ...macs })).toMatchObject([
      { direction: 'in', ingressPort: 'wl-mri', egressPort: 'wl-archive' },
      { direction: 'out', ingressPort: 'wl-mri', egressPort: 'wl-archive' },
    ]);
    expect(meaning({ protocol: 17, direction: 'in', ...macs })).toHaveLength(1);
  });
});

describe('a record is left out', () => {
  it('when nobody has said how it was sampled', () => {
    expect(flowsOf(heard({ sampledOneIn: null }), place)).toBe('sampling-unknown');
  });

  it('when it names nobody', () => {
    expect(flowsOf(heard({ sourceAddress: null, sourceMac: '08:00:06:10:00:11' }), place)).toBe('no-address');
  });
});
