import type { FieldSpecifier } from './template.js';
import { ipv4Text, ipv6Text, isZero, macText, ntpMilliseconds, unsigned } from './octets.js';

/** A record while it is read: what its fields say, before the times are brought to one clock. */
export class Draft {
  observationPoint = 0;
  direction: number | null = null;
  biflowDirection: number | null = null;
  ingressInterface: number | null = null;
  egressInterface: number | null = null;
  ingressPort: string | null = null;
  egressPort: string | null = null;
  portNames = 0;
  vlan: number | null = null;
  sourceMac: string | null = null;
  destinationMac: string | null = null;
  etherType: number | null = null;
  sourceAddress: string | null = null;
  destinationAddress: string | null = null;
  protocol: number | null = null;
  sourcePort: number | null = null;
  destinationPort: number | null = null;
  tcpFlags: number | null = null;
  icmpTypeCode: number | null = null;
  deltaFrames: number | null = null;
  totalFrames: number | null = null;
  deltaOctets: number | null = null;
  totalOctets: number | null = null;
  layer2Octets: number | null = null;
  reverseFrames: number | null = null;
  reverseOctets: number | null = null;
  reverseTcpFlags: number | null = null;
  samplerId: number | null = null;
  samplingInterval: number | null = null;
  samplingSpace: number | null = null;
  samplingPopulation: number | null = null;
  samplingProbability: number | null = null;
  startAt: number | null = null;
  endAt: number | null = null;
  startDelta: number | null = null;
  endDelta: number | null = null;
  startUptime: number | null = null;
  endUptime: number | null = null;
  duration: number | null = null;
  systemInit: number | null = null;
}

type Reader = (draft: Draft, view: DataView, at: number, length: number) => void;
type KeyOf<T> = { [K in keyof Draft]: T extends Draft[K] ? K : never }[keyof Draft];

/** The name of a port: an exporter's text goes no further unless it could be one. */
const PORT_NAME = /^[\x21-\x7e]{1,64}$/;

const IANA = 0;
/** RFC 5103 section 6.1: the same elements, of the other direction. */
const REVERSE = 29_305;
/** CERT's own elements, as YAF sends them. */
const CERT = 6871;
/** CERT marks its elements of the other direction with this bit. */
const CERT_REVERSE = 0x4000;

/** IANA's "IPFIX Information Elements", those that we read; NetFlow v9 uses the same numbers up to 127 (RFC 7012). */
const IANA_READERS = table([
  [1, number('deltaOctets')],
  [2, number('deltaFrames')],
  [4, number('protocol', 0xff)],
  [6, number('tcpFlags', 0xff)],
  [7, number('sourcePort', 0xffff)],
  [8, ipv4('sourceAddress')],
  [10, number('ingressInterface')],
  [11, number('destinationPort', 0xffff)],
  [12, ipv4('destinationAddress')],
  [14, number('egressInterface')],
  [21, number('endUptime')],
  [22, number('startUptime')],
  [27, ipv6('sourceAddress')],
  [28, ipv6('destinationAddress')],
  [32, number('icmpTypeCode', 0xffff)],
  [34, number('samplingInterval')],
  [48, number('samplerId')],
  [50, number('samplingInterval')],
  [56, mac('sourceMac')],
  [58, number('vlan', 0xfff)],
  [61, number('direction')],
  [80, mac('destinationMac')],
  [82, portName],
  [85, number('totalOctets')],
  [86, number('totalFrames')],
  [138, number('observationPoint')],
  [139, number('icmpTypeCode', 0xffff)],
  [150, seconds('startAt')],
  [151, seconds('endAt')],
  [152, number('startAt')],
  [153, number('endAt')],
  [154, ntp('startAt')],
  [155, ntp('endAt')],
  [156, ntp('startAt')],
  [157, ntp('endAt')],
  [158, number('startDelta')],
  [159, number('endDelta')],
  [160, number('systemInit')],
  [161, number('duration')],
  [176, icmpPart(256)],
  [177, icmpPart(1)],
  [178, icmpPart(256)],
  [179, icmpPart(1)],
  [231, number('deltaOctets')],
  [232, number('reverseOctets')],
  [239, number('biflowDirection')],
  [243, number('vlan', 0xfff)],
  [256, number('etherType', 0xffff)],
  [298, number('deltaFrames')],
  [299, number('reverseFrames')],
  [302, number('samplerId')],
  [305, number('samplingInterval')],
  [306, number('samplingSpace')],
  [309, number('samplingInterval')],
  [310, number('samplingPopulation')],
  [311, probability],
  [352, number('layer2Octets')],
]);

const REVERSE_READERS = table([
  [1, number('reverseOctets')],
  [2, number('reverseFrames')],
  [6, number('reverseTcpFlags', 0xff)],
  [85, number('reverseOctets')],
  [86, number('reverseFrames')],
]);

/** YAF tells the flags of the first segment (14) and of all further ones (15) apart. */
const CERT_READERS = table([
  [14, flags('tcpFlags')],
  [15, flags('tcpFlags')],
  [CERT_REVERSE | 14, flags('reverseTcpFlags')],
  [CERT_REVERSE | 15, flags('reverseTcpFlags')],
]);

/** Reads one field into the draft. One that we don't know says nothing to us. `at + length` is within the view. */
export function readField(draft: Draft, view: DataView, at: number, length: number, field: FieldSpecifier): void {
  switch (field.enterprise) {
    case IANA:
      return IANA_READERS[field.element]?.(draft, view, at, length);
    case REVERSE:
      return REVERSE_READERS[field.element]?.(draft, view, at, length);
    case CERT:
      return CERT_READERS[field.element]?.(draft, view, at, length);
  }
}

function table(readers: readonly (readonly [element: number, reader: Reader])[]): (Reader | undefined)[] {
  const byElement: (Reader | undefined)[] = [];
  for (const [element, reader] of readers) byElement[element] = reader;
  return byElement;
}

function number(key: KeyOf<number>, mask?: number): Reader {
  return (draft, view, at, length) => {
    if (length === 0) return;
    const value = unsigned(view, at, length);
    draft[key] = mask === undefined ? value : value & mask;
  };
}

function flags(key: 'tcpFlags' | 'reverseTcpFlags'): Reader {
  return (draft, view, at, length) => {
    draft[key] = (draft[key] ?? 0) | (unsigned(view, at, length) & 0xff);
  };
}

function seconds(key: 'startAt' | 'endAt'): Reader {
  return (draft, view, at, length) => {
    draft[key] = unsigned(view, at, length) * 1000;
  };
}

function ntp(key: 'startAt' | 'endAt'): Reader {
  return (draft, view, at, length) => {
    if (length === 8) draft[key] = ntpMilliseconds(view, at);
  };
}

function mac(key: 'sourceMac' | 'destinationMac'): Reader {
  return (draft, view, at, length) => {
    if (length === 6) draft[key] = macText(view, at);
  };
}

/** A template may hold fields of both versions: the one that is not meant is zero. */
function ipv4(key: 'sourceAddress' | 'destinationAddress'): Reader {
  return (draft, view, at, length) => {
    if (length === 4 && (draft[key] === null || !isZero(view, at, 4))) draft[key] = ipv4Text(view, at);
  };
}

function ipv6(key: 'sourceAddress' | 'destinationAddress'): Reader {
  return (draft, view, at, length) => {
    if (length === 16 && (draft[key] === null || !isZero(view, at, 16))) draft[key] = ipv6Text(view, at);
  };
}

function icmpPart(factor: number): Reader {
  return (draft, view, at, length) => {
    draft.icmpTypeCode = (draft.icmpTypeCode ?? 0) + (unsigned(view, at, length) & 0xff) * factor;
  };
}

function probability(draft: Draft, view: DataView, at: number, length: number): void {
  if (length === 8) draft.samplingProbability = view.getFloat64(at);
  if (length === 4) draft.samplingProbability = view.getFloat32(at);
}

/** Open vSwitch tells two names where it knows the egress: the port of entry, then the one it left by. */
function portName(draft: Draft, view: DataView, at: number, length: number): void {
  let name = '';
  const end = at + Math.min(length, 65);
  for (let next = at; next < end && view.getUint8(next) !== 0; next += 1)
    name += String.fromCharCode(view.getUint8(next));
  const clean = PORT_NAME.test(name) ? name : null;
  if (draft.portNames === 0) draft.ingressPort = clean;
  else if (draft.portNames === 1) draft.egressPort = clean;
  draft.portNames += 1;
}
