import { z } from 'zod';
import { parsed } from '../../http/parsed.js';
import { formatMac, macOf } from '../../mac.js';

/** GET /api/session?filter={"mac_address":"AA-BB-…"} → { _embedded: { items: [session …] } }, of accounting. */
const text = z.union([z.string(), z.number()]).nullish();
const row = z.looseObject({
  id: z.union([z.string(), z.number()]),
  mac_address: z.string(),
  nasipaddress: text,
  nasportid: text,
  acctstarttime: text,
  acctstoptime: text,
  state: text,
});
const rows = z.object({ _embedded: z.object({ items: z.array(row) }) });

export interface Session {
  id: string;
  mac: string;
  switchAddress: string | null;
  port: string | null;
  /** null: not told. */
  role: string | null;
}

export function sessionFilter(mac: string): string {
  return JSON.stringify({ mac_address: formatMac(mac, 'upper-dashes') });
}

/** Those that have not ended: without a stop time, and neither closed nor stale. */
export function parseSessions(json: unknown, mac: string, roleField: string): Session[] {
  return parsed(rows, json, 'the list of sessions')
    ._embedded.items.filter((one) => macOf(one.mac_address) === mac)
    .filter(({ acctstoptime, state }) => !acctstoptime && !/closed|stale/i.test(`${state ?? ''}`))
    .map((one) => {
      const role = one[roleField];
      return {
        id: `${one.id}`,
        mac,
        switchAddress: one.nasipaddress ? `${one.nasipaddress}` : null,
        port: one.nasportid ? `${one.nasportid}` : null,
        role: typeof role === 'string' && role !== '' ? role : null,
      };
    });
}
