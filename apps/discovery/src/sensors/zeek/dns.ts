import { DNS_PORT, answerOf, nameOf } from '../follow/names.js';
import { leftOut, refused, taken, type LineResult } from '../follow/line-fact.js';
import { headOf, transportOf } from './common.js';
import type { Fields } from './log-format.js';

/** dns.log: one line a look-up, written when its answer came, or when Zeek gave up waiting: then it has no `rcode_name`. */
export function dnsLine(fields: Fields): LineResult {
  const transport = transportOf(fields);
  if (!transport) return fields.text('proto') ? leftOut('other-protocol') : refused('no-protocol');
  const head = headOf(fields, transport);
  if (!head.ok) return head.result;
  if (head.ends.serverPort !== DNS_PORT) return leftOut('not-dns-port');
  const name = nameOf(fields.text('query'));
  if (name === undefined) return leftOut('no-name');
  const rcode = fields.text('rcode_name');
  const answer = rcode === undefined ? 'silent' : answerOf(rcode);
  const queryType = (fields.text('qtype_name') ?? '').slice(0, 16);
  return taken({ kind: 'name', ...head.ends, key: null, name, queryType, answer, at: head.at });
}
