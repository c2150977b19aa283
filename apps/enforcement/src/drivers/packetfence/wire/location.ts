import { z } from 'zod';
import { parsed } from '../../http/parsed.js';
import { search, type Search } from './search.js';

const FIELDS = [
  'mac',
  'switch',
  'switch_ip',
  'switch_mac',
  'port',
  'vlan',
  'role',
  'session_id',
  'start_time',
  'end_time',
];
const text = z.string().nullish();
const row = z.object({
  mac: z.string(),
  switch: z.string(),
  switch_ip: text,
  switch_mac: text,
  port: text,
  vlan: z.union([z.string(), z.int()]).nullish(),
  role: text,
  session_id: text,
  start_time: z.string(),
  end_time: text,
});
const rows = z.object({ items: z.array(row) });

/** Where PacketFence believes a device to be. It learns it from RADIUS, and nobody tells it that a device has left. */
export interface Location {
  mac: string;
  switchNames: string[];
  switch: string;
  port: string | null;
  vlan: number | null;
  role: string | null;
  sessionId: string;
}

export function locationOf(mac: string): Search {
  return search(FIELDS, { mac }, 'start_time DESC', 25);
}

export function locationsAt({ switch: at, port }: Location): Search {
  return search(FIELDS, { switch: at, port: port ?? '' }, 'start_time DESC', 100);
}

/** Rows without an end: `end_time` is empty or year 0. */
export function parseOpenLocations(json: unknown): Location[] {
  return parsed(rows, json, 'the location log')
    .items.filter(({ end_time }) => !end_time || end_time.startsWith('0000-'))
    .map((one) => ({
      mac: one.mac.toLowerCase(),
      switch: one.switch,
      switchNames: [one.switch, one.switch_ip, one.switch_mac].flatMap((name) => (name ? [name.toLowerCase()] : [])),
      port: one.port || null,
      vlan: vlanOf(one.vlan),
      role: one.role || null,
      // MAC authentication of some switches has no session id; a row of its own is a session of its own.
      sessionId: one.session_id || `since ${one.start_time}`,
    }));
}

function vlanOf(vlan: string | number | null | undefined): number | null {
  const number = Number(vlan);
  return Number.isInteger(number) && number >= 1 && number <= 4094 ? number : null;
}
