/**
 * What a flow sensor says of frames at one enforcement point, whatever wire format told it. Every other folder of
 * discovery works on this and knows no IPFIX.
 */
export const FLOW_KINDS = {
  /** One TCP segment with SYN alone. */
  opening: 'opening',
  /** One TCP segment with SYN and ACK. */
  answering: 'answering',
  /** One TCP segment with RST. */
  refusing: 'refusing',
  /** One datagram to port 53. */
  lookUp: 'look-up',
  /** Frames that met a permit line of ours, one in `sampledOneIn`. */
  permitted: 'permitted',
  /** A frame that met a deny line of ours: it went no further. */
  denied: 'denied',
  /** Frames of one flow in up to a second, as they entered (`direction` in) or left (out) the point. */
  volume: 'volume',
} as const;
export type FlowKind = (typeof FLOW_KINDS)[keyof typeof FLOW_KINDS];

/** Where the source keeps the record; the observation's id derives from it, so the same record read twice has one id. */
export type SourcePosition = readonly (string | number)[];

export interface Flow {
  sensorId: string;
  pointId: string;
  position: SourcePosition;
  kind: FlowKind;
  direction: 'in' | 'out';
  /** The port that the frames entered by; null where the exporter does not say. */
  ingressPort: string | null;
  /** The port that they left by; null for a record made before that was known. */
  egressPort: string | null;
  sourceMac: string;
  destinationMac: string;
  etherType: number;
  /** RFC 5952 text; null for a frame that is not IP. */
  sourceAddress: string | null;
  destinationAddress: string | null;
  /** IP protocol number; null for a frame that is not IP. */
  protocol: number | null;
  sourcePort: number | null;
  destinationPort: number | null;
  /** Frames and octets (Ethernet headers included) as observed, one in `sampledOneIn`. */
  frames: number;
  octets: number;
  sampledOneIn: number;
  /** First and last frame by the exporter's clock, and when we heard. Milliseconds since 1970. */
  start: number;
  end: number;
  receivedAt: number;
}

export const ETHER_TYPES = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
export const PROTOCOLS = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** A frame to several at once: broadcast and multicast carry the I/G bit (IEEE 802, first octet, lowest bit). */
export function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}
