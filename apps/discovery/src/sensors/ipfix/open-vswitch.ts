import { FLOW_KINDS, type Flow, type FlowKind } from '../flow.js';
import { positionOf, type HeardRecord } from '../flows/heard.js';

/**
 * What the observation domains and points of an Open vSwitch stand for, by agreement with whoever set its flows up:
 *
 * - domain 1: the bridge's own export, every frame, with a cache of 1 s, in both directions;
 * - domain 10: `sample` actions without a cache, one record a packet. The site's own at points 1 to 4 (there is no
 *   TCP flag to trust in a record, so each flag has a point), and those on our permit and deny lines.
 *
 * A record of another domain or point is nobody's word here and is left out. 133 (dropped packets) is not read: it was
 * seen on forwarded frames. Only a record of the deny line's point says that a frame was denied.
 */
export const BRIDGE_DOMAIN = 1;
export const SAMPLE_DOMAIN = 10;

const KIND_OF_POINT: Readonly<Record<number, FlowKind>> = {
  1: FLOW_KINDS.opening,
  2: FLOW_KINDS.answering,
  3: FLOW_KINDS.refusing,
  4: FLOW_KINDS.lookUp,
  8: FLOW_KINDS.permitted,
  9: FLOW_KINDS.denied,
};

/**
 * Permit lines sample with probability 1024 of 65,535. Open vSwitch multiplies the counts of each record by the whole
 * part of the inverse (seen: 63 frames a record), so one record is one frame.
 */
const PERMIT_FACTOR = Math.floor(65_535 / 1024);
const PERMIT_ONE_IN = 64;

/**
 * The flow that a record tells, or undefined if its domain and point mean nothing to us, or it names no MACs: then it
 * can't be laid at anybody's door.
 */
export function flowOf(heard: HeardRecord, sensorId: string, pointId: string): Flow | undefined {
  const { flow: record, receivedAt } = heard;
  const { sourceMac, destinationMac, etherType, ingressPort, egressPort } = record;
  const kind = kindOf(heard.domain, record.observationPoint);
  if (kind === undefined || sourceMac === null || destinationMac === null || etherType === null) return undefined;
  const { sourceAddress, destinationAddress, protocol, sourcePort, destinationPort } = record;
  const factor = kind === FLOW_KINDS.permitted ? PERMIT_FACTOR : 1;
  return {
    sensorId,
    pointId,
    position: positionOf(heard),
    kind,
    direction: record.direction ?? 'in',
    ingressPort,
    egressPort,
    sourceMac,
    destinationMac,
    etherType,
    sourceAddress,
    destinationAddress,
    protocol,
    sourcePort,
    destinationPort,
    frames: Math.round(record.frames / factor),
    octets: Math.round(record.octets / factor),
    sampledOneIn: kind === FLOW_KINDS.permitted ? PERMIT_ONE_IN : 1,
    start: record.start,
    end: record.end,
    receivedAt,
  };
}

function kindOf(domain: number, point: number): FlowKind | undefined {
  if (domain === BRIDGE_DOMAIN) return FLOW_KINDS.volume;
  return domain === SAMPLE_DOMAIN ? KIND_OF_POINT[point] : undefined;
}
