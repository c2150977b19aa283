import { ipv4Text, ipv6Text, macText } from '../flows/octets.js';
import { readEthernet, readIp, unknownFrame, type FrameFacts } from './frame.js';
import type { Cursor } from './cursor.js';

/** What the records of a sample say of its frame, and how long the frame was on the wire. */
export interface SampledFrame extends FrameFacts {
  octets: number;
}

const RAW_HEADER = 1;
const ETHERNET = 2;
const IPV4 = 3;
const IPV6 = 4;
const EXTENDED_SWITCH = 1001;
/** Header protocols of a raw header record. */
const HEADER_ETHERNET = 1;
const HEADER_IPV4 = 11;
const HEADER_IPV6 = 12;

/**
 * One record of a flow sample (sFlow version 5, section 5.3, "flow_data"; enterprise 0):
 *
 *     1    raw header      = protocol frameLength stripped headerLength octets
 *     2    Ethernet        = length sourceMac(48, filled up to 64) destinationMac(48, filled up) type
 *     3    IPv4            = length protocol source destination sourcePort destinationPort tcpFlags tos
 *     4    IPv6            = length protocol source(128) destination(128) sourcePort destinationPort tcpFlags priority
 *     1001 extended switch = sourceVlan sourcePriority destinationVlan destinationPriority
 *
 * Returns what is known of the frame now. A record that ends early or is of another kind adds nothing.
 */
export function readSampledRecord(
  type: number,
  body: Cursor,
  known: SampledFrame | undefined,
): SampledFrame | undefined {
  switch (type) {
    case RAW_HEADER:
      return readHeader(body) ?? known;
    case ETHERNET:
      return merged(known, readEthernetRecord(body));
    case IPV4:
      return merged(known, readIpRecord(body, 4));
    case IPV6:
      return merged(known, readIpRecord(body, 16));
    case EXTENDED_SWITCH: {
      const vlan = body.word();
      return known && !body.failed && known.vlan === null ? { ...known, vlan: vlan & 0xfff } : known;
    }
    default:
      return known;
  }
}

function readHeader(body: Cursor): SampledFrame | undefined {
  const protocol = body.word();
  const octets = body.word();
  body.word();
  const length = body.word();
  const at = body.octets(length);
  if (at === null) return undefined;
  const facts = factsOf(body.view, protocol, at, at + length);
  return facts && { ...facts, octets };
}

function factsOf(view: DataView, protocol: number, at: number, end: number): FrameFacts | undefined {
  if (protocol === HEADER_ETHERNET) return readEthernet(view, at, end);
  if (protocol === HEADER_IPV4) return readIp(view, at, end, 0x0800);
  return protocol === HEADER_IPV6 ? readIp(view, at, end, 0x86dd) : undefined;
}

function readEthernetRecord(body: Cursor): Partial<SampledFrame> | undefined {
  const octets = body.word();
  const source = body.octets(6);
  const destination = body.octets(6);
  const etherType = body.word() & 0xffff;
  if (body.failed || source === null || destination === null) return undefined;
  return { octets, sourceMac: macText(body.view, source), destinationMac: macText(body.view, destination), etherType };
}

function readIpRecord(body: Cursor, width: 4 | 16): Partial<SampledFrame> | undefined {
  const octets = body.word();
  const protocol = body.word() & 0xff;
  const source = body.octets(width);
  const destination = body.octets(width);
  const sourcePort = body.word() & 0xffff;
  const destinationPort = body.word() & 0xffff;
  const tcpFlags = body.word() & 0xff;
  if (body.failed || source === null || destination === null) return undefined;
  const text = width === 4 ? ipv4Text : ipv6Text;
  const hasPorts = protocol === 6 || protocol === 17;
  return {
    octets,
    etherType: width === 4 ? 0x0800 : 0x86dd,
    protocol,
    sourceAddress: text(body.view, source),
    destinationAddress: text(body.view, destination),
    sourcePort: hasPorts ? sourcePort : null,
    destinationPort: hasPorts ? destinationPort : null,
    tcpFlags: protocol === 6 ? tcpFlags : null,
  };
}

/** What is known already stands: the header itself is the better witness. */
function merged(known: SampledFrame | undefined, more: Partial<SampledFrame> | undefined): SampledFrame | undefined {
  if (!more) return known;
  const whole: SampledFrame = { ...unknownFrame(null), octets: 0, ...more };
  if (!known) return whole;
  const sure = Object.entries(known).filter(([, value]) => value !== null);
  return { ...whole, ...(Object.fromEntries(sure) as Partial<SampledFrame>) };
}
