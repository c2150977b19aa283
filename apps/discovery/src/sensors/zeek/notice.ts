import { addressOf } from '../follow/parts.js';
import { leftOut, refused, taken, type LineResult } from '../follow/line-fact.js';
import { headOf, timeOf, transportOf } from './common.js';
import type { Fields } from './log-format.js';

/** notice.log: `src` caused it, or else who opened the connection. A notice about Zeek itself names nobody. */
export function noticeLine(fields: Fields): LineResult {
  const at = timeOf(fields.text('ts'));
  if (at === undefined) return refused('bad-time');
  const note = fields.text('note');
  if (!note) return refused('no-note');
  const source = fields.text('src') ?? fields.text('id.orig_h');
  if (source === undefined) return leftOut('about-nobody');
  if (addressOf(source) === undefined) return refused('bad-address');
  const transport = transportOf(fields);
  // Many notices are about a host alone, and have no connection.
  const head = transport && fields.text('id.orig_h') !== undefined ? headOf(fields, transport) : null;
  if (head && !head.ok) return head.result;
  const words = (fields.text('msg') ?? '').slice(0, 500);
  const signature = note.slice(0, 200);
  return taken({
    kind: 'alert',
    ends: head ? head.ends : null,
    signature,
    words,
    severity: null,
    flowId: null,
    at,
  });
}
