import { leftOut, refused, taken, type LineResult } from '../follow/line-fact.js';
import { endsOf, numberOf, textOf, timeOf, transportOf, type EveEvent } from './event.js';

/**
 * An alert of Suricata:
 *
 *     alert = { action: "allowed" | "blocked", gid, signature_id, rev, signature, category, severity: 1 … 255, 1 is worst }
 *
 * Its source is that of the packet: who sent what the alert warns of.
 */
export function alertEvent(event: EveEvent): LineResult {
  const { own, flowId } = event;
  const at = timeOf(event);
  if (at === undefined) return refused('bad-time');
  const signatureId = numberOf(own, 'signature_id');
  const severity = numberOf(own, 'severity');
  if (signatureId === undefined || severity === undefined) return refused('no-signature');
  if (!Number.isInteger(severity) || severity < 1 || severity > 255) return refused('bad-severity');
  const transport = transportOf(event);
  // A packet without ports is no connection of anybody.
  if (!transport) return leftOut('alert-without-ports');
  const found = endsOf(event, transport);
  if (!found.ok) return found.result;
  const signature = `${numberOf(own, 'gid') ?? 1}:${signatureId}`;
  const words = (textOf(own, 'signature') ?? '').slice(0, 255);
  return taken({ kind: 'alert', ends: found.ends, signature, words, severity, flowId, at });
}
