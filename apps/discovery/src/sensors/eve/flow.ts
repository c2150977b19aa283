import { leftOut, refused, taken, type ConnectionFact, type LineResult } from '../follow/line-fact.js';
import { stampOf } from '../follow/parts.js';
import { endsOf, numberOf, objectOf, own, textOf, transportOf, type EveEvent, type JsonObject } from './event.js';

const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

/**
 * A flow when it has ended. What became of it is in the flags that each side has sent at any time:
 *
 *     tcp = { tcp_flags_ts, tcp_flags_tc: hex }      to the server, to the client
 *
 * A flow without its SYN was joined midway: nobody is seen to have tried.
 */
export function flowEvent(event: EveEvent): LineResult {
  const transport = transportOf(event);
  if (transport !== 'tcp') return textOf(event.all, 'proto') ? leftOut('not-tcp') : refused('no-protocol');
  const found = endsOf(event, transport);
  if (!found.ok) return found.result;
  const at = stampOf(textOf(event.own, 'start'));
  if (at === undefined) return refused('bad-time');
  const outcome = outcomeOf(event);
  if (outcome === 'bad-flags') return refused('bad-flags');
  if (outcome === 'half-seen') return leftOut('half-seen');
  return taken({ kind: 'connection', ...found.ends, outcome, moved: movedIn(event.own), at });
}

function movedIn(flow: JsonObject): ConnectionFact['moved'] {
  const sent = numberOf(flow, 'bytes_toserver');
  const received = numberOf(flow, 'bytes_toclient');
  if (!isCount(sent) || !isCount(received)) return null;
  return { sent, received };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}

function outcomeOf({ all, own: flow }: EveEvent): ConnectionFact['outcome'] | 'half-seen' | 'bad-flags' {
  const tcp = objectOf(own(all, 'tcp'));
  // Without flags only this is sure: the connection stood, or nothing came back.
  if (!tcp || textOf(tcp, 'tcp_flags_ts') === undefined) {
    if (textOf(flow, 'state') === 'established') return 'answered';
    return textOf(flow, 'state') === 'new' && numberOf(flow, 'pkts_toclient') === 0 ? 'silent' : 'half-seen';
  }
  const sent = flagsOf(tcp, 'tcp_flags_ts');
  const came = flagsOf(tcp, 'tcp_flags_tc');
  if (sent === undefined || came === undefined) return 'bad-flags';
  if (!(sent & SYN)) return 'half-seen';
  if (came & SYN) return came & ACK ? 'answered' : 'half-seen';
  if (came & RST) return 'refused';
  return numberOf(flow, 'pkts_toclient') === 0 ? 'silent' : 'half-seen';
}

function flagsOf(tcp: JsonObject, name: string): number | undefined {
  const text = textOf(tcp, name);
  return text !== undefined && /^[0-9a-f]{1,4}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}
