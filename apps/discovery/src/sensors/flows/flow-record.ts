/** The other direction of a flow that its exporter told as one (RFC 5103). */
export interface ReverseCounts {
  frames: number;
  octets: number;
  tcpFlags: number | null;
}

/**
 * What an exporter said of one flow, in whatever format it said it: the one shape that IPFIX, NetFlow and sFlow are
 * decoded into. Null: it was not said. Nobody knows here yet what it means for a device.
 */
export interface FlowRecord {
  /** Which of its observation points the exporter means; 0 where it has one only. */
  observationPoint: number;
  /** Whether it was seen as it entered or as it left; null: not said. */
  direction: 'in' | 'out' | null;
  /** SNMP ifIndex, or what the exporter uses for it. */
  ingressInterface: number | null;
  egressInterface: number | null;
  /** Names of the same, where the exporter tells names. */
  ingressPort: string | null;
  egressPort: string | null;
  vlan: number | null;
  sourceMac: string | null;
  destinationMac: string | null;
  etherType: number | null;
  /** RFC 5952 text. */
  sourceAddress: string | null;
  destinationAddress: string | null;
  protocol: number | null;
  sourcePort: number | null;
  destinationPort: number | null;
  /** Every flag that any segment of the flow carried (RFC 9293 section 3.1, low eight bits). */
  tcpFlags: number | null;
  /** ICMP type × 256 + code, of either version. */
  icmpTypeCode: number | null;
  /** As observed, one in `sampledOneIn`. Octets with Ethernet headers where the exporter counts those, else of IP. */
  frames: number;
  octets: number;
  reverse: ReverseCounts | null;
  /** 1: everything was seen. Null: it was sampled and nobody has said how. */
  sampledOneIn: number | null;
  /** First and last frame by the exporter's clock, in milliseconds since 1970. */
  start: number;
  end: number;
}

export const TCP_FLAGS = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10, urg: 0x20 } as const;

/** A record, and the octet of its datagram at which it begins: the same whether it is read at once or later. */
export interface PlacedRecord {
  index: number;
  flow: FlowRecord;
}
