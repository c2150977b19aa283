import ipaddr from 'ipaddr.js';
import { VARIABLE_LENGTH, type FieldSpecifier, type Template } from './template.js';

/** A flow record as the exporter told it, before anybody knows what its observation point stands for. */
export interface ExportedFlow {
  observationPoint: number;
  direction: 'in' | 'out';
  sourceMac: string;
  destinationMac: string;
  etherType: number;
  ingressPort: string | null;
  egressPort: string | null;
  sourceAddress: string | null;
  destinationAddress: string | null;
  protocol: number | null;
  sourcePort: number | null;
  destinationPort: number | null;
  frames: number;
  octets: number;
  /** Milliseconds since 1970. */
  start: number;
  end: number;
}

/** IANA's "IPFIX Information Elements", those that we read. Every other one is skipped by its length. */
const ELEMENT = {
  packetDeltaCount: 2,
  protocolIdentifier: 4,
  sourceTransportPort: 7,
  sourceIPv4Address: 8,
  destinationTransportPort: 11,
  destinationIPv4Address: 12,
  sourceIPv6Address: 27,
  destinationIPv6Address: 28,
  sourceMacAddress: 56,
  flowDirection: 61,
  destinationMacAddress: 80,
  interfaceName: 82,
  observationPointId: 138,
  flowStartDeltaMicroseconds: 158,
  flowEndDeltaMicroseconds: 159,
  ethernetType: 256,
  layer2OctetDeltaCount: 352,
} as const;

/** The name of a port: an exporter's text goes no further unless it could be one. */
const PORT_NAME = /^[\x21-\x7e]{1,64}$/;

type Draft = Partial<ExportedFlow> & { portNames: number };

/**
 * One data record. Undefined: it ends behind the set's end. `flow` is undefined for a record of options, and for one
 * that lacks a MAC address: it can't be laid at anybody's door.
 *
 * Open vSwitch gives interfaceName (82) twice where it knows the egress: first the port that the frame entered by,
 * then the one that it left by. The delta times (158, 159) are microseconds before the header's export time, which is
 * whole seconds.
 */
export function decodeRecord(
  view: DataView,
  from: number,
  end: number,
  template: Template,
  exportTime: number,
): { next: number; flow?: ExportedFlow } | undefined {
  const draft: Draft = { portNames: 0 };
  let at = from;
  for (const field of template.fields) {
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
    if (field.enterprise === 0) readField(view, at, length, field, exportTime, draft);
    at += length;
  }
  const flow = template.scopeFields === 0 ? complete(draft, exportTime) : undefined;
  return flow ? { next: at, flow } : { next: at };
}

function readField(
  view: DataView,
  at: number,
  length: number,
  field: FieldSpecifier,
  exportTime: number,
  draft: Draft,
): void {
  switch (field.element) {
    case ELEMENT.observationPointId:
      draft.observationPoint = unsigned(view, at, length);
      return;
    case ELEMENT.flowDirection:
      draft.direction = unsigned(view, at, length) === 1 ? 'out' : 'in';
      return;
    case ELEMENT.sourceMacAddress:
      if (length === 6) draft.sourceMac = macText(view, at);
      return;
    case ELEMENT.destinationMacAddress:
      if (length === 6) draft.destinationMac = macText(view, at);
      return;
    case ELEMENT.ethernetType:
      draft.etherType = unsigned(view, at, length) & 0xffff;
      return;
    case ELEMENT.interfaceName:
      return readPortName(view, at, length, draft);
    case ELEMENT.packetDeltaCount:
      draft.frames = unsigned(view, at, length);
      return;
    case ELEMENT.layer2OctetDeltaCount:
      draft.octets = unsigned(view, at, length);
      return;
    case ELEMENT.flowStartDeltaMicroseconds:
      draft.start = exportTime * 1000 - Math.round(unsigned(view, at, length) / 1000);
      return;
    case ELEMENT.flowEndDeltaMicroseconds:
      draft.end = exportTime * 1000 - Math.round(unsigned(view, at, length) / 1000);
      return;
    default:
      readAddressing(view, at, length, field, draft);
  }
}

function readAddressing(view: DataView, at: number, length: number, field: FieldSpecifier, draft: Draft): void {
  switch (field.element) {
    case ELEMENT.sourceIPv4Address:
      if (length === 4) draft.sourceAddress = ipv4Text(view, at);
      return;
    case ELEMENT.destinationIPv4Address:
      if (length === 4) draft.destinationAddress = ipv4Text(view, at);
      return;
    case ELEMENT.sourceIPv6Address:
      if (length === 16) draft.sourceAddress = ipv6Text(view, at);
      return;
    case ELEMENT.destinationIPv6Address:
      if (length === 16) draft.destinationAddress = ipv6Text(view, at);
      return;
    case ELEMENT.protocolIdentifier:
      draft.protocol = unsigned(view, at, length) & 0xff;
      return;
    case ELEMENT.sourceTransportPort:
      draft.sourcePort = unsigned(view, at, length) & 0xffff;
      return;
    case ELEMENT.destinationTransportPort:
      draft.destinationPort = unsigned(view, at, length) & 0xffff;
  }
}

function readPortName(view: DataView, at: number, length: number, draft: Draft): void {
  const name = Buffer.from(view.buffer, view.byteOffset + at, Math.min(length, 65)).toString('latin1');
  const clean = PORT_NAME.test(name) ? name : null;
  if (draft.portNames === 0) draft.ingressPort = clean;
  else if (draft.portNames === 1) draft.egressPort = clean;
  draft.portNames += 1;
}

function complete(draft: Draft, exportTime: number): ExportedFlow | undefined {
  const { sourceMac, destinationMac, etherType } = draft;
  if (sourceMac === undefined || destinationMac === undefined || etherType === undefined) return undefined;
  const start = draft.start ?? exportTime * 1000;
  return {
    observationPoint: draft.observationPoint ?? 0,
    direction: draft.direction ?? 'in',
    sourceMac,
    destinationMac,
    etherType,
    ingressPort: draft.ingressPort ?? null,
    egressPort: draft.egressPort ?? null,
    sourceAddress: draft.sourceAddress ?? null,
    destinationAddress: draft.destinationAddress ?? null,
    protocol: draft.protocol ?? null,
    sourcePort: draft.sourcePort ?? null,
    destinationPort: draft.destinationPort ?? null,
    frames: draft.frames ?? 0,
    octets: draft.octets ?? 0,
    start,
    end: Math.max(start, draft.end ?? start),
  };
}

/** An unsigned integer of one to eight octets: exporters may encode fewer than the type has (RFC 7011 section 6.2). */
function unsigned(view: DataView, at: number, length: number): number {
  if (length === 4) return view.getUint32(at);
  if (length === 2) return view.getUint16(at);
  if (length === 1) return view.getUint8(at);
  if (length > 8) return 0;
  let value = 0;
  for (let index = 0; index < length; index += 1) value = value * 256 + view.getUint8(at + index);
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

function macText(view: DataView, at: number): string {
  let text = HEX[view.getUint8(at)] ?? '';
  for (let index = 1; index < 6; index += 1) text += `:${HEX[view.getUint8(at + index)]}`;
  return text;
}

function ipv4Text(view: DataView, at: number): string {
  return `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`;
}

function ipv6Text(view: DataView, at: number): string {
  const bytes = Array.from({ length: 16 }, (_, index) => view.getUint8(at + index));
  return new ipaddr.IPv6(bytes).toRFC5952String();
}
