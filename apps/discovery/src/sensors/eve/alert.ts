import { addressOf } from '../follow/parts.js';
import { refused, taken, type LineResult } from '../follow/line-fact.js';
import { numberOf, textOf, timeOf, type EveEvent } from './event.js';

/**
 * An alert of Suricata:
 *
 *     alert = { action: "allowed" | "blocked", gid, signature_id, rev, signature, category, severity: 1 … 255, 1 is worst }
 *
 * Its source is the packet's, which is the attacker or the attacked by the rule: who it speaks against is not told.
 */
export function alertEvent({ own, all, ...event }: EveEvent): LineResult {
  const at = timeOf({ own, all, ...event });
  if (at === undefined) return refused('bad-time');
  const signatureId = numberOf(own, 'signature_id');
  const severity = numberOf(own, 'severity');
  if (signatureId === undefined || severity === undefined) return refused('no-signature');
  const source = textOf(all, 'src_ip');
  const sourceAddress = source === undefined ? null : addressOf(source);
  // An alert on a frame that is not IP has no addresses.
  if (sourceAddress === undefined) return refused('bad-address');
  const destinationAddress = addressOf(textOf(all, 'dest_ip')) ?? null;
  const signature = `${numberOf(own, 'gid') ?? 1}:${signatureId}`;
  const words = (textOf(own, 'signature') ?? '').slice(0, 500);
  return taken({
    kind: 'alert',
    sourceAddress,
    destinationAddress,
    signature,
    words,
    severity,
    flowId: event.flowId,
    at,
  });
}
