import type { ConnectionFact, LineResult } from '../follow/line-fact.js';
import { leftOut, refused, taken } from '../follow/line-fact.js';
import { countOf } from '../follow/parts.js';
import { headOf, transportOf } from './common.js';
import type { Fields } from './log-format.js';

/**
 * What became of a TCP connection, by `conn_state` (docs.zeek.org, conn.log). S, s: SYN and SYN-ACK seen.
 *
 *     SF S1 S2 S3      established, ended or not                    answered
 *     RSTO RSTR        established, then reset by either side       answered
 *     REJ              S, then the responder's RST                  refused
 *     S0               S, then nothing                              silent
 *     RSTOS0           S, then the originator's own RST             silent
 *     SH               S, then its FIN; s not seen                  only half of it is seen: nothing can be said
 *     SHR RSTRH OTH    S not seen                                   nobody is seen to have tried
 */
const OUTCOMES: Record<string, ConnectionFact['outcome'] | 'half-seen'> = {
  SF: 'answered',
  S1: 'answered',
  S2: 'answered',
  S3: 'answered',
  RSTO: 'answered',
  RSTR: 'answered',
  REJ: 'refused',
  S0: 'silent',
  RSTOS0: 'silent',
  SH: 'half-seen',
  SHR: 'half-seen',
  RSTRH: 'half-seen',
  OTH: 'half-seen',
};

export function connLine(fields: Fields): LineResult {
  const transport = transportOf(fields);
  // Silence means something only where every attempt asks for an answer.
  if (transport !== 'tcp') return fields.text('proto') ? leftOut('not-tcp') : refused('no-protocol');
  const head = headOf(fields, transport);
  if (!head.ok) return head.result;
  const state = fields.text('conn_state') ?? '';
  const outcome = Object.hasOwn(OUTCOMES, state) ? OUTCOMES[state] : undefined;
  if (outcome === undefined) return refused('bad-state');
  if (outcome === 'half-seen') return leftOut('half-seen');
  if (outcome === 'silent' && wasAnswered(fields.text('history'))) return leftOut('half-seen');
  const sent = countOf(fields.text('orig_bytes'));
  const received = countOf(fields.text('resp_bytes'));
  const moved = sent === undefined || received === undefined ? null : { sent, received };
  return taken({ kind: 'connection', ...head.ends, outcome, moved, at: head.at });
}

/**
 * Whether the originator has acknowledged or sent something, as `history` writes it (A, D): then it had an answer that
 * the sensor did not see. Without a history the state stands.
 */
function wasAnswered(history: string | undefined): boolean {
  return history !== undefined && /[AD]/.test(history);
}
