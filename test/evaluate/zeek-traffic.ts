import type { Answer, Outcome } from '#events';
import { isAttempt, isPrivate, SILENT_AFTER_S, type Connection, type LookUp, type Traffic } from './traffic.js';
import type { Row } from './zeek-log.js';

/** The logs of one folder that matter here. */
export interface ZeekRows {
  conn: readonly Row[];
  dns: readonly Row[];
  http: readonly Row[];
  ssl: readonly Row[];
}

/**
 * What a connection's state means (docs.zeek.org, base/protocols/conn): a SYN without an answer, refused, else answered.
 * Where Zeek saw no SYN (OTH, SHR, RSTRH) nobody opened anything that we know of.
 */
const OUTCOMES: Record<string, Outcome> = { S0: 'silent', SH: 'silent', RSTOS0: 'silent', REJ: 'refused' };
const NOT_OPENED = new Set(['OTH', 'SHR', 'RSTRH']);
const ANSWERS: Record<string, Answer> = {
  NOERROR: 'answered',
  NXDOMAIN: 'nxdomain',
  SERVFAIL: 'servfail',
  REFUSED: 'refused',
};
/** Multicast DNS, LLMNR and NetBIOS ask neighbours, not a resolver. */
const RESOLVER_PORT = '53';

export function zeekTraffic({ conn, dns, http, ssl }: ZeekRows): Traffic {
  const names = requestedNames(http, ssl);
  return {
    connections: conn.flatMap((row) => connection(row, names)),
    lookUps: dns.flatMap(lookUp),
    alerts: [],
    inside: insideAddresses(conn),
  };
}

function connection(row: Row, names: ReadonlyMap<string, string>): Connection[] {
  const transport = row.get('proto');
  const state = row.get('conn_state') ?? '';
  if (transport !== 'tcp' && transport !== 'udp') return [];
  if (NOT_OPENED.has(state)) return [];
  if (transport === 'tcp' && state in OUTCOMES && !isBareOpening(row.get('history') ?? 'S')) return [];
  const ts = Number(row.get('ts'));
  const outcome = OUTCOMES[state] ?? 'answered';
  const one: Connection = {
    ts,
    knownAt: outcome === 'silent' ? ts + SILENT_AFTER_S : ts,
    source: row.get('id.orig_h') ?? '',
    sourcePort: Number(row.get('id.orig_p')),
    peer: row.get('id.resp_h') ?? '',
    port: Number(row.get('id.resp_p')),
    transport,
    outcome,
    sent: Number(row.get('orig_ip_bytes') ?? row.get('orig_bytes') ?? 0),
    received: Number(row.get('resp_ip_bytes') ?? row.get('resp_bytes') ?? 0),
    name: names.get(row.get('uid') ?? '') ?? null,
  };
  return isAttempt(one) && Number.isFinite(ts) ? [one] : [];
}

/**
 * Only a SYN that nothing followed is an attempt that failed. Who acknowledges or sends data has been answered, out of
 * the sensor's sight; who sends a RST without a SYN has refused somebody: neither failed, and nobody saw a success.
 */
function isBareOpening(history: string): boolean {
  return history.includes('S') && !/[AD]/.test(history);
}

function lookUp(row: Row): LookUp[] {
  const name = row.get('query');
  const transport = row.get('proto');
  if (!name || row.get('id.resp_p') !== RESOLVER_PORT || (transport !== 'tcp' && transport !== 'udp')) return [];
  const ts = Number(row.get('ts'));
  const rcode = row.get('rcode_name');
  const answer: Answer = rcode == null ? 'silent' : (ANSWERS[rcode] ?? 'unknown');
  return [
    {
      ts,
      knownAt: answer === 'silent' ? ts + SILENT_AFTER_S : ts,
      source: row.get('id.orig_h') ?? '',
      sourcePort: Number(row.get('id.orig_p')),
      resolver: row.get('id.resp_h') ?? '',
      transport,
      name,
      queryType: row.get('qtype_name') ?? 'A',
      answer,
    },
  ];
}

/** By connection: the server's name of TLS, or the host of HTTP; through a proxy, the target of CONNECT. */
function requestedNames(http: readonly Row[], ssl: readonly Row[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const note = (uid: string | null | undefined, name: string | null | undefined) => {
    if (uid && name && !names.has(uid)) names.set(uid, name.toLowerCase());
  };
  for (const row of http) note(row.get('uid'), row.get('host'));
  for (const row of ssl) note(row.get('uid'), row.get('server_name'));
  return names;
}

/** Private addresses, and public ones that the sensor itself calls local. */
function insideAddresses(conn: readonly Row[]): ReadonlySet<string> {
  const inside = new Set<string>();
  for (const row of conn) {
    for (const [side, local] of [
      ['id.orig_h', 'local_orig'],
      ['id.resp_h', 'local_resp'],
    ] as const) {
      const address = row.get(side);
      const says = row.get(local);
      if (address && (isPrivate(address) || says === 'T' || says === 'true')) inside.add(address);
    }
  }
  return inside;
}
