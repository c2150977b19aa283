import { addressOf, macOf } from '../follow/parts.js';
import { leftOut, refused, taken, type LineResult } from '../follow/line-fact.js';
import { durationOf, timeOf } from './common.js';
import type { Fields } from './log-format.js';

/**
 * dhcp.log: one line a conversation, whose last ACK or NAK decides. Before Zeek 2.6 one line a lease, with
 * `assigned_ip`, `id.resp_h` for the server, and no `msg_types`.
 */
export function dhcpLine(fields: Fields): LineResult {
  const at = timeOf(fields.text('ts'));
  if (at === undefined) return refused('bad-time');
  const old = fields.text('assigned_ip');
  const messages = fields.list('msg_types').filter((one) => one === 'ACK' || one === 'NAK' || one === 'RELEASE');
  if (old === undefined && messages.at(-1) !== 'ACK') return leftOut('no-lease');
  const assigned = old ?? fields.text('assigned_addr');
  // An ACK to an INFORM confirms no address.
  if (assigned === undefined) return leftOut('no-lease');
  const address = addressOf(assigned);
  if (address === undefined) return refused('bad-address');
  const mac = macOf(fields.text('mac'));
  if (mac === undefined) return leftOut('no-mac');
  const server = addressOf(fields.text('server_addr') ?? fields.text('id.resp_h')) ?? null;
  const lasts = durationOf(fields.text('lease_time'));
  return taken({ kind: 'lease', mac, address, server, expiresAt: lasts ? at + lasts : null, at });
}
