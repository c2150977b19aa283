import { Draft, readField } from './fields.js';
import type { ExporterFacts, KnownOptions } from './exporter-options.js';
import type { FlowRecord, ReverseCounts } from './flow-record.js';
import { VARIABLE_LENGTH, type Template } from './template.js';

/** biflowDirection (RFC 5103 section 6.3): the record's source is who was called. */
const REVERSE_INITIATOR = 2;

/** The clock of the header that a record stands behind. */
export interface ExportClock {
  /** When the datagram was sent, in milliseconds since 1970. */
  exportAt: number;
  /** The exporter's uptime at that moment in milliseconds, which wraps at 32 bits; null: the header has none. */
  uptime: number | null;
}

/** The fields of one data record, or undefined if it ends behind the set's end. */
export function readRecord(
  view: DataView,
  from: number,
  end: number,
  { fields }: Template,
): { next: number; draft: Draft } | undefined {
  const draft = new Draft();
  let at = from;
  for (const field of fields) {
    let length = field.length;
    if (length === VARIABLE_LENGTH) {
      if (at + 1 > end) return undefined;
      length = view.getUint8(at);
      at += 1;
      if (length === 255) {
        if (at + 2 > end) return undefined;
        length = view.getUint16(at);
        at += 2;
      }
    }
    if (at + length > end) return undefined;
    readField(draft, view, at, length, field);
    at += length;
  }
  return { next: at, draft };
}

/** The flow that a draft tells. */
export function flowRecordOf(draft: Draft, clock: ExportClock, known: KnownOptions): FlowRecord {
  const { sourceAddress, destinationAddress, sourceMac, destinationMac } = draft;
  const { observationPoint, ingressInterface, egressInterface, ingressPort, egressPort, vlan } = draft;
  const { protocol, sourcePort, destinationPort, tcpFlags, icmpTypeCode } = draft;
  const record: FlowRecord = {
    observationPoint,
    direction: draft.direction === null ? null : draft.direction === 1 ? 'out' : 'in',
    ingressInterface,
    egressInterface,
    ingressPort,
    egressPort,
    vlan,
    sourceMac,
    destinationMac,
    etherType: draft.etherType ?? etherTypeOf(sourceAddress),
    sourceAddress,
    destinationAddress,
    protocol,
    sourcePort,
    destinationPort,
    tcpFlags,
    icmpTypeCode,
    frames: draft.deltaFrames ?? draft.totalFrames ?? 0,
    octets: draft.layer2Octets ?? draft.deltaOctets ?? draft.totalOctets ?? 0,
    reverse: reverseOf(draft),
    sampledOneIn: sampledOneIn(draft) ?? known.sampledOneIn(draft.samplerId),
    ...timesOf(draft, clock, draft.systemInit ?? known.systemInit),
  };
  return draft.biflowDirection === REVERSE_INITIATOR ? turned(record) : record;
}

/** The same record with its sides changed, so that the source is who opened. */
function turned(record: FlowRecord): FlowRecord {
  const { frames, octets, tcpFlags } = record;
  return {
    ...record,
    ingressInterface: record.egressInterface,
    egressInterface: record.ingressInterface,
    ingressPort: record.egressPort,
    egressPort: record.ingressPort,
    sourceMac: record.destinationMac,
    destinationMac: record.sourceMac,
    sourceAddress: record.destinationAddress,
    destinationAddress: record.sourceAddress,
    sourcePort: record.destinationPort,
    destinationPort: record.sourcePort,
    frames: record.reverse?.frames ?? 0,
    octets: record.reverse?.octets ?? 0,
    tcpFlags: record.reverse?.tcpFlags ?? null,
    reverse: { frames, octets, tcpFlags },
  };
}

/** What a record of options says of its exporter. */
export function exporterFactsOf(draft: Draft): ExporterFacts {
  const { samplerId, ingressInterface, ingressPort, systemInit } = draft;
  const interfaceName =
    ingressInterface === null || ingressPort === null ? null : { index: ingressInterface, name: ingressPort };
  return { samplerId, sampledOneIn: sampledOneIn(draft), interfaceName, systemInit };
}

/** How many frames stand for the one that was looked at: RFC 5477 has several ways to say it, NetFlow v9 one. */
function sampledOneIn(draft: Draft): number | null {
  const { samplingInterval, samplingSpace, samplingPopulation, samplingProbability } = draft;
  if (samplingProbability !== null) return samplingProbability > 0 ? wholeRate(1 / samplingProbability) : null;
  if (samplingInterval === null || samplingInterval === 0) return null;
  if (samplingPopulation !== null) return wholeRate(samplingPopulation / samplingInterval);
  if (samplingSpace !== null) return wholeRate((samplingInterval + samplingSpace) / samplingInterval);
  return samplingInterval;
}

function wholeRate(rate: number): number {
  return Math.min(Math.max(1, Math.round(rate)), 0xffff_ffff);
}

function reverseOf({ reverseFrames, reverseOctets, reverseTcpFlags }: Draft): ReverseCounts | null {
  if (reverseFrames === null && reverseOctets === null && reverseTcpFlags === null) return null;
  return { frames: reverseFrames ?? 0, octets: reverseOctets ?? 0, tcpFlags: reverseTcpFlags };
}

function etherTypeOf(address: string | null): number | null {
  if (address === null) return null;
  return address.includes(':') ? 0x86dd : 0x0800;
}

function timesOf(draft: Draft, clock: ExportClock, systemInit: number | null): { start: number; end: number } {
  const start = draft.startAt ?? before(draft.startDelta, clock) ?? sinceBoot(draft.startUptime, clock, systemInit);
  const end = draft.endAt ?? before(draft.endDelta, clock) ?? sinceBoot(draft.endUptime, clock, systemInit);
  const first = start ?? end ?? clock.exportAt;
  const last = end ?? (draft.duration === null ? first : first + draft.duration);
  return { start: first, end: Math.max(first, last) };
}

/** The delta times (158, 159) are microseconds before the header's export time. */
function before(microseconds: number | null, { exportAt }: ExportClock): number | null {
  return microseconds === null ? null : exportAt - Math.round(microseconds / 1000);
}

/** The difference of two uptimes, as 32 bits with a sign, is right across the wrap after 49.7 days. */
export function sinceBoot(
  uptime: number | null,
  { exportAt, uptime: exportUptime }: ExportClock,
  systemInit: number | null,
): number | null {
  if (uptime === null) return null;
  if (exportUptime !== null) return exportAt - ((exportUptime - uptime) | 0);
  return systemInit === null ? null : systemInit + uptime;
}
