import type { Outcome } from '#events';
import { isAttempt, isPrivate, SILENT_AFTER_S, type Connection, type Traffic } from './traffic.js';

/**
 * Bidirectional flows as argus' `ra` prints them with the columns
 * `StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes,SrcPkts`. No label column is read.
 */
export function argusTraffic(text: string): Traffic {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const fields = header.trim().split(',');
  const rows = lines.filter((line) => line !== '').map((line) => line.split(','));
  const column = (name: string) => fields.indexOf(name);
  const [ts, proto, source, sport, peer, dport, state, packets, total, bytes, sourcePackets] = [
    'StartTime',
    'Proto',
    'SrcAddr',
    'Sport',
    'DstAddr',
    'Dport',
    'State',
    'TotPkts',
    'TotBytes',
    'SrcBytes',
    'SrcPkts',
  ].map(column) as [number, number, number, number, number, number, number, number, number, number, number];
  const connections = rows.flatMap((row): Connection[] => {
    const transport = row[proto];
    const port = Number(row[dport]);
    if ((transport !== 'tcp' && transport !== 'udp') || !Number.isInteger(port)) return [];
    const outcome = outcomeOf(row[state] ?? '', Number(row[packets]), Number(row[sourcePackets]));
    const at = Number(row[ts]);
    const one = {
      ts: at,
      knownAt: outcome === 'silent' ? at + SILENT_AFTER_S : at,
      source: row[source] ?? '',
      sourcePort: Number(row[sport]),
      peer: row[peer] ?? '',
      port,
      transport,
      outcome,
      sent: Number(row[bytes] ?? 0),
      received: Number(row[total] ?? 0) - Number(row[bytes] ?? 0),
      name: null,
    } as const;
    return isAttempt(one) ? [one] : [];
  });
  const addresses = connections.flatMap((one) => [one.source, one.peer]);
  return { connections, lookUps: [], alerts: [], inside: new Set(addresses.filter(isPrivate)) };
}

/** REQ, INT: asked and not answered. RST with hardly a packet each way: refused. */
function outcomeOf(state: string, packets: number, fromSource: number): Outcome {
  if (state === 'REQ' || state === 'INT' || packets === fromSource) return 'silent';
  if (state === 'RST' && packets - fromSource === 1 && fromSource <= 2) return 'refused';
  return state === 'URP' || state === 'URH' || state === 'URN' ? 'unreachable' : 'answered';
}
