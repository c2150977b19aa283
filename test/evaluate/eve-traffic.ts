import type { Answer, Outcome } from '#events';
import {
  isAttempt,
  isPrivate,
  SILENT_AFTER_S,
  type Alert,
  type Connection,
  type LookUp,
  type Traffic,
} from './traffic.js';

const [SYN, RST, ACK] = [0x02, 0x04, 0x10];
const ANSWERS: Record<string, Answer> = {
  NOERROR: 'answered',
  NXDOMAIN: 'nxdomain',
  SERVFAIL: 'servfail',
  REFUSED: 'refused',
};

/** The fields of Suricata's EVE records that are read here (docs.suricata.io, EVE JSON format); labels are not. */
interface Eve {
  timestamp: string;
  event_type: string;
  flow_id?: number;
  src_ip?: string;
  src_port?: number;
  dest_ip?: string;
  dest_port?: number;
  proto?: string;
  flow?: { pkts_toclient: number; bytes_toserver: number; bytes_toclient: number; start: string };
  tcp?: { tcp_flags_ts?: string; tcp_flags_tc?: string };
  tls?: { sni?: string };
  http?: { hostname?: string };
  dns?: { type: string; id?: number; rrname?: string; rrtype?: string; rcode?: string };
  alert?: { signature?: string; severity?: number };
}

/** JSON lines of flow, dns, alert, tls and http events. Lines that can't be read are left out. */
export function eveTraffic(text: string): Traffic {
  const records = text.split(/\r?\n/).flatMap(parsed);
  const names = new Map<number, string>();
  for (const { flow_id, tls, http } of records) {
    const name = tls?.sni ?? http?.hostname;
    if (flow_id !== undefined && name) names.set(flow_id, name.toLowerCase());
  }
  const connections = records.flatMap((record) => connection(record, names));
  const addresses = records.flatMap(({ src_ip, dest_ip }) => [src_ip ?? '', dest_ip ?? '']);
  return {
    connections,
    lookUps: lookUps(records),
    alerts: records.flatMap(alert),
    inside: new Set(addresses.filter(isPrivate)),
  };
}

function parsed(line: string): Eve[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as Eve];
  } catch {
    return [];
  }
}

function ends({ src_ip = '', src_port = 0, dest_ip = '', dest_port = 0, proto = '' }: Eve) {
  const transport = proto.toLowerCase();
  if (transport !== 'tcp' && transport !== 'udp') return undefined;
  return { source: src_ip, sourcePort: src_port, peer: dest_ip, port: dest_port, transport } as const;
}

function connection(record: Eve, names: ReadonlyMap<number, string>): Connection[] {
  const { flow, tcp } = record;
  const five = ends(record);
  if (record.event_type !== 'flow' || !flow || !five || !isAttempt(five)) return [];
  const outcome = outcomeOf(flow.pkts_toclient, flags(tcp?.tcp_flags_ts), flags(tcp?.tcp_flags_tc));
  if (outcome === null) return [];
  const ts = seconds(flow.start);
  const name = names.get(record.flow_id ?? -1) ?? null;
  const knownAt = outcome === 'silent' ? ts + SILENT_AFTER_S : ts;
  return [{ ...five, ts, knownAt, outcome, sent: flow.bytes_toserver, received: flow.bytes_toclient, name }];
}

/** null: whoever acknowledged without an answer in sight was answered elsewhere. Flags are 0 for UDP. */
function outcomeOf(answers: number, sent: number, got: number): Outcome | null {
  if (answers === 0) return (sent & ACK) === 0 ? 'silent' : null;
  return (got & RST) !== 0 && (got & SYN) === 0 ? 'refused' : 'answered';
}

/** Questions with their answers, by flow and transaction. */
function lookUps(records: readonly Eve[]): LookUp[] {
  const asked = new Map<string, LookUp>();
  for (const record of records) {
    const { dns, dest_port } = record;
    const five = ends(record);
    if (record.event_type !== 'dns' || !dns?.rrname || !five) continue;
    const key = `${record.flow_id} ${dns.id} ${dns.rrname}`;
    const ts = seconds(record.timestamp);
    const known = asked.get(key);
    if (dns.type !== 'query') {
      if (known) Object.assign(known, { answer: ANSWERS[dns.rcode ?? ''] ?? 'unknown', knownAt: ts });
    } else if (!known && dest_port === 53) {
      const { source, sourcePort, peer, transport } = five;
      const question = { ts, knownAt: ts + SILENT_AFTER_S, source, sourcePort, resolver: peer, transport };
      asked.set(key, { ...question, name: dns.rrname, queryType: dns.rrtype ?? 'A', answer: 'silent' });
    }
  }
  return [...asked.values()];
}

function alert(record: Eve): Alert[] {
  const five = ends(record);
  if (record.event_type !== 'alert' || !five || !record.alert?.signature) return [];
  const { signature, severity = 3 } = record.alert;
  const ts = seconds(record.timestamp);
  return [{ ...five, ts, knownAt: ts, signature, severity }];
}

function flags(hex: string | undefined): number {
  return Number.parseInt(hex ?? '0', 16) || 0;
}

/** Suricata writes the zone without a colon. */
function seconds(timestamp: string): number {
  return Date.parse(timestamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) / 1000;
}
