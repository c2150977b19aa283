import { addressOf, macOf } from '../follow/parts.js';
import { leftOut, refused, taken, type LineResult } from '../follow/line-fact.js';
import { numberOf, textOf, timeOf, type EveEvent } from './event.js';

/**
 * A lease that a server confirms:
 *
 *     dhcp = { type: "reply", dhcp_type: "ack", client_mac, assigned_ip, lease_time? }
 *
 * An ACK to an INFORM assigns 0.0.0.0. The packet's source is the server, or its relay.
 */
export function dhcpEvent(event: EveEvent): LineResult {
  const at = timeOf(event);
  if (at === undefined) return refused('bad-time');
  const { own, all } = event;
  if (textOf(own, 'type') !== 'reply' || textOf(own, 'dhcp_type') !== 'ack') return leftOut('no-lease');
  const assigned = textOf(own, 'assigned_ip');
  if (assigned === undefined || assigned === '0.0.0.0') return leftOut('no-lease');
  const address = addressOf(assigned);
  if (address === undefined) return refused('bad-address');
  const mac = macOf(textOf(own, 'client_mac'));
  if (mac === undefined) return leftOut('no-mac');
  const lasts = numberOf(own, 'lease_time');
  const server = addressOf(textOf(all, 'src_ip')) ?? null;
  return taken({ kind: 'lease', mac, address, server, expiresAt: lasts ? at + lasts * 1000 : null, at });
}
