import { z } from 'zod';
import { parsed } from '../../http/parsed.js';
import { search, type Search } from './search.js';

const FIELDS = ['id', 'mac', 'created_at', 'auth_status', 'reason', 'switch_ip_address'];
const row = z.object({
  id: z.union([z.int(), z.string()]).transform(String),
  auth_status: z.string().nullish(),
  reason: z.string().nullish(),
  switch_ip_address: z.string().nullish(),
});
const rows = z.object({ items: z.array(row) });

/** What came of a RADIUS exchange about a device: its own log-in, or what PacketFence has asked the switch. */
export interface AuditRow {
  id: string;
  status: string;
  reason: string;
  switchAddress: string;
}

export function newestAuditOf(mac: string): Search {
  return search(FIELDS, { mac }, 'id DESC', 10);
}

/** The newest first. */
export function parseAudit(json: unknown): AuditRow[] {
  return parsed(rows, json, 'the RADIUS audit log').items.map((one) => ({
    id: one.id,
    status: one.auth_status ?? '',
    reason: one.reason ?? '',
    switchAddress: one.switch_ip_address ?? 'the switch',
  }));
}

/** `silent`: the switch has not answered, `refused`: it has said no, `accepted`: it, or the device's log-in, is fine. */
export function verdictOf({ status, reason }: AuditRow): 'silent' | 'refused' | 'accepted' {
  if (/timeout/i.test(`${status} ${reason}`)) return 'silent';
  return /error|nak|reject|fail/i.test(status) ? 'refused' : 'accepted';
}

export function auditWords(row: AuditRow): string {
  switch (verdictOf(row)) {
    case 'silent':
      return `${row.switchAddress} did not answer PacketFence's change of authorization: check the secret there and here, UDP port 3799, and that PacketFence is one of its allowed clients`;
    case 'refused':
      return `${row.switchAddress} refused PacketFence's change of authorization (${row.status}${row.reason ? `, ${row.reason}` : ''})`;
    case 'accepted':
      return `${row.switchAddress} accepted PacketFence's change of authorization`;
  }
}
