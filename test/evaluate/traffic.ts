import type { Answer, Outcome, Transport } from '#events';

/** An opening of a connection as a recording shows it, without any label. Times in seconds since 1970. */
export interface Connection {
  ts: number;
  /** When its outcome was known: nobody knows at once that nobody answers. */
  knownAt: number;
  source: string;
  sourcePort: number;
  peer: string;
  port: number;
  transport: Transport;
  outcome: Outcome;
  /** Bytes of payload that the source sent. */
  sent: number;
  /** And got. */
  received: number;
  /** The name that the source asked for in it, where the recording knows: TLS or HTTP, a proxy's target too. */
  name: string | null;
}

/** A look-up of a name. */
export interface LookUp {
  ts: number;
  knownAt: number;
  source: string;
  sourcePort: number;
  resolver: string;
  transport: Transport;
  name: string;
  queryType: string;
  answer: Answer;
}

/** Another product's alert about what the source sent. */
export interface Alert {
  ts: number;
  knownAt: number;
  source: string;
  sourcePort: number;
  peer: string;
  port: number;
  transport: Transport;
  signature: string;
  severity: number;
}

/** What one recording shows of one network; `inside` holds the addresses that are the site's own. */
export interface Traffic {
  connections: Connection[];
  lookUps: LookUp[];
  alerts: Alert[];
  inside: ReadonlySet<string>;
}

/** What the makers of a recording say of a flow. It never reaches what judges: `truth.ts` alone reads it. */
export interface LabelledFlow {
  source: string;
  peer: string;
  port: number;
  protocol: string;
  label: string;
}

/** How long an opening waits for its answer until it is silent: discovery's own figure. */
export const SILENT_AFTER_S = 1;

const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|fe[89ab]|f[cd])/i;
const NO_PEER = /^(22[4-9]|23\d|24\d|25[0-5])\.|^0\.|\.255$|^ff|^::$/i;
/** DHCP of both versions. */
const NO_ATTEMPT = new Set([67, 68, 546, 547]);

export function isPrivate(address: string): boolean {
  return PRIVATE.test(address);
}

/** Multicast, broadcast and DHCP are no attempts to reach somebody. */
export function isAttempt({ source, peer, port }: Pick<Connection, 'source' | 'peer' | 'port'>): boolean {
  return !NO_PEER.test(peer) && !NO_PEER.test(source) && !NO_ATTEMPT.has(port);
}
