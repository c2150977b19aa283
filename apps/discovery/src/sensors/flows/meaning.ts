import { ETHER_TYPES, FLOW_KINDS, PROTOCOLS, type Flow, type FlowKind } from '../flow.js';
import { TCP_FLAGS, type FlowRecord } from './flow-record.js';
import { positionOf, type HeardRecord } from './heard.js';

/** What is known of an exporter beside its records. */
export interface ExporterPlace {
  sensorId: string;
  /** The enforcement point whose ports its interfaces are, or a name of its own. */
  pointId: string;
  /** The port behind an interface's number, or null. */
  portOf: (heard: HeardRecord, index: number | null) => string | null;
  /** It tells both directions of every flow, and samples none: then what it does not show has not happened. */
  showsAnswers: boolean;
}

export const LEFT_OUT = {
  noAddress: 'no-address',
  samplingUnknown: 'sampling-unknown',
  otherPoint: 'other-point',
} as const;
export type LeftOut = (typeof LEFT_OUT)[keyof typeof LEFT_OUT];

/** Stands where an exporter shows no MAC address. Without one no port is named either, so nobody is bound by it. */
export const UNKNOWN_MAC = '00:00:00:00:00:00';

/**
 * What a record of a router, probe or switch means, in the terms of one frame after another:
 *
 *     every record                                → volume; two (in and out) where it tells both ports
 *     TCP, SYN and never an ACK                   → opening     (only if answers would show)
 *     TCP, SYN and ACK, towards the service       → opening, and the peer's answering
 *     TCP, SYN and ACK, from the service          → answering
 *     TCP, RST and no SYN                         → refusing
 *
 * The flags are those of all segments together, so which side is the service's is told by its lower port, or by the
 * record itself where it holds both directions (RFC 5103: the source opened). A record of both directions shows its
 * own answers. What was sampled shows neither openings nor their absence. An ifIndex names a port only together with
 * the MAC that entered by it.
 */
export function flowsOf(heard: HeardRecord, place: ExporterPlace): Flow[] | LeftOut {
  const record = heard.flow;
  if (record.sampledOneIn === null) return LEFT_OUT.samplingUnknown;
  if (!namesSides(record)) return LEFT_OUT.noAddress;
  const forward = flowOf(heard, place, record.sampledOneIn);
  const flows = segmentsOf(forward, record, place);
  if (record.frames > 0 || record.octets > 0) flows.push(...volumesOf(forward, record));
  if (record.reverse && (record.reverse.frames > 0 || record.reverse.octets > 0)) {
    const { frames, octets } = record.reverse;
    flows.push({ ...turned(forward), frames, octets });
  }
  return flows;
}

function namesSides({ sourceAddress, destinationAddress, sourceMac, destinationMac }: FlowRecord): boolean {
  return (sourceAddress !== null && destinationAddress !== null) || (sourceMac !== null && destinationMac !== null);
}

function flowOf(heard: HeardRecord, { sensorId, pointId, portOf }: ExporterPlace, sampledOneIn: number): Flow {
  const { flow: record, receivedAt } = heard;
  const { sourceMac, destinationMac, sourceAddress, destinationAddress, protocol, frames, octets } = record;
  const hasPorts = record.icmpTypeCode === null && protocol !== PROTOCOLS.icmp && protocol !== PROTOCOLS.icmpv6;
  return {
    sensorId,
    pointId,
    position: positionOf(heard),
    kind: FLOW_KINDS.volume,
    direction: record.direction ?? 'in',
    ingressPort: sourceMac === null ? null : portOf(heard, record.ingressInterface),
    egressPort: destinationMac === null ? null : portOf(heard, record.egressInterface),
    sourceMac: sourceMac ?? UNKNOWN_MAC,
    destinationMac: destinationMac ?? UNKNOWN_MAC,
    etherType: record.etherType ?? ETHER_TYPES.ipv4,
    sourceAddress,
    destinationAddress,
    protocol,
    sourcePort: hasPorts ? record.sourcePort : null,
    destinationPort: hasPorts ? record.destinationPort : null,
    frames,
    octets,
    sampledOneIn,
    start: record.start,
    end: record.end,
    receivedAt,
  };
}

function segmentsOf(forward: Flow, record: FlowRecord, place: ExporterPlace): Flow[] {
  if (forward.protocol !== PROTOCOLS.tcp || forward.direction === 'out') return [];
  if (record.tcpFlags === null || forward.sampledOneIn !== 1) return [];
  return kindsOf(record, place.showsAnswers).map(({ kind, reversed }) => ({
    ...(reversed ? turned(forward) : forward),
    kind,
    position: [...forward.position, kind],
    frames: 1,
  }));
}

function kindsOf(record: FlowRecord, showsAnswers: boolean): { kind: FlowKind; reversed: boolean }[] {
  const opening = { kind: FLOW_KINDS.opening, reversed: false };
  const flags = record.tcpFlags ?? 0;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  if (record.reverse) {
    if (!has(TCP_FLAGS.syn)) return [];
    const answer = answerIn(record.reverse.tcpFlags ?? 0);
    return answer ? [opening, { kind: answer, reversed: true }] : [opening];
  }
  if (!has(TCP_FLAGS.syn)) return has(TCP_FLAGS.rst) ? [{ kind: FLOW_KINDS.refusing, reversed: false }] : [];
  if (!has(TCP_FLAGS.ack)) return showsAnswers ? [opening] : [];
  const towardsService = (record.destinationPort ?? 0) <= (record.sourcePort ?? 0);
  if (record.frames > 1 && towardsService) return [opening, { kind: FLOW_KINDS.answering, reversed: true }];
  return [{ kind: FLOW_KINDS.answering, reversed: false }];
}

function answerIn(flags: number): FlowKind | undefined {
  if ((flags & TCP_FLAGS.syn) !== 0) return FLOW_KINDS.answering;
  return (flags & TCP_FLAGS.rst) !== 0 ? FLOW_KINDS.refusing : undefined;
}

function volumesOf(forward: Flow, record: FlowRecord): Flow[] {
  const leaves = record.direction === null && forward.egressPort !== null;
  return leaves ? [forward, { ...forward, direction: 'out' }] : [forward];
}

/** The same flow as its peer sent it: it left where this one entered, and where that one entered is not shown. */
function turned(flow: Flow): Flow {
  return {
    ...flow,
    position: [...flow.position, 'reverse'],
    ingressPort: null,
    egressPort: flow.ingressPort,
    sourceMac: flow.destinationMac,
    destinationMac: flow.sourceMac,
    sourceAddress: flow.destinationAddress,
    destinationAddress: flow.sourceAddress,
    sourcePort: flow.destinationPort,
    destinationPort: flow.sourcePort,
    direction: flow.ingressPort === null ? 'in' : 'out',
  };
}
