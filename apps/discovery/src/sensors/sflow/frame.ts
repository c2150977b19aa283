import type { FlowRecord } from '../flows/flow-record.js';
import { ipv4Text, ipv6Text, macText } from '../flows/octets.js';

/** What the first octets of a frame say. Null: it does not say, or the octets end before. */
export type FrameFacts = Pick<
  FlowRecord,
  | 'sourceMac'
  | 'destinationMac'
  | 'etherType'
  | 'vlan'
  | 'sourceAddress'
  | 'destinationAddress'
  | 'protocol'
  | 'sourcePort'
  | 'destinationPort'
  | 'tcpFlags'
  | 'icmpTypeCode'
>;

const ETHERNET_HEADER = 14;
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8]);
/** Tags and IPv6 extension headers that are passed; more is nobody's traffic. */
const MAX_TAGS = 2;
const MAX_EXTENSIONS = 8;
const FRAGMENT_HEADER = 44;
/** Hop-by-hop options, routing, destination options: next header(8) length(8) in units of 8 octets beyond the first. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ICMP = 1;
const ICMPV6 = 58;

/** An Ethernet frame (IEEE 802.3, tags by 802.1Q and 802.1ad) up to its transport's ports. */
export function readEthernet(view: DataView, from: number, end: number): FrameFacts | undefined {
  if (from + ETHERNET_HEADER > end) return undefined;
  let at = from + 12;
  let etherType = view.getUint16(at);
  let vlan: number | null = null;
  for (let tags = 0; tags < MAX_TAGS && VLAN_TAGS.has(etherType) && at + 6 <= end; tags += 1) {
    vlan ??= view.getUint16(at + 2) & 0xfff;
    at += 4;
    etherType = view.getUint16(at);
  }
  const sides = { sourceMac: macText(view, from + 6), destinationMac: macText(view, from) };
  return { ...readIp(view, at + 2, end, etherType), ...sides, vlan };
}

/** An IP packet (RFC 791, RFC 8200), or nothing but its type. Ports stand in a datagram's first fragment only. */
export function readIp(view: DataView, from: number, end: number, etherType: number): FrameFacts {
  const facts = unknownFrame(etherType);
  if (etherType === 0x0800 && from + 20 <= end) {
    facts.sourceAddress = ipv4Text(view, from + 12);
    facts.destinationAddress = ipv4Text(view, from + 16);
    facts.protocol = view.getUint8(from + 9);
    const isFirst = (view.getUint16(from + 6) & 0x1fff) === 0;
    if (isFirst) readTransport(view, from + (view.getUint8(from) & 0x0f) * 4, end, facts.protocol, facts);
  }
  if (etherType === 0x86dd && from + 40 <= end) readIpv6(view, from, end, facts);
  return facts;
}

function readIpv6(view: DataView, from: number, end: number, facts: FrameFacts): void {
  facts.sourceAddress = ipv6Text(view, from + 8);
  facts.destinationAddress = ipv6Text(view, from + 24);
  let protocol = view.getUint8(from + 6);
  let at = from + 40;
  for (let passed = 0; passed < MAX_EXTENSIONS && at + 8 <= end; passed += 1) {
    const isFragment = protocol === FRAGMENT_HEADER;
    if (!isFragment && !EXTENSIONS.has(protocol)) break;
    const later = isFragment && (view.getUint16(at + 2) & 0xfff8) !== 0;
    protocol = view.getUint8(at);
    at += isFragment ? 8 : (view.getUint8(at + 1) + 1) * 8;
    if (later) at = end;
  }
  facts.protocol = protocol;
  readTransport(view, at, end, protocol, facts);
}

function readTransport(view: DataView, at: number, end: number, protocol: number, facts: FrameFacts): void {
  if (at + 4 > end) return;
  if (protocol === ICMP || protocol === ICMPV6) {
    facts.icmpTypeCode = view.getUint16(at);
    return;
  }
  if (protocol !== TCP && protocol !== UDP && protocol !== SCTP) return;
  facts.sourcePort = view.getUint16(at);
  facts.destinationPort = view.getUint16(at + 2);
  if (protocol === TCP && at + 14 <= end) facts.tcpFlags = view.getUint8(at + 13);
}

/** A frame of which nothing is known but its ether type. */
export function unknownFrame(etherType: number | null): FrameFacts {
  return {
    sourceMac: null,
    destinationMac: null,
    etherType,
    vlan: null,
    sourceAddress: null,
    destinationAddress: null,
    protocol: null,
    sourcePort: null,
    destinationPort: null,
    tcpFlags: null,
    icmpTypeCode: null,
  };
}
