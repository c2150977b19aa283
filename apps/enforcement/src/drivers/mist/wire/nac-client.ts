import { z } from 'zod';
import { parsed } from '../../http/parsed.js';
import { macOf } from '../../mac.js';

/** GET /api/v1/orgs/ORG/nac_clients/search?mac=MAC → { results: [{ mac, last_status, last_vlan, last_nacrule_name, … }] } */
const vlan = z.union([z.int(), z.string()]).nullish();
const text = z.string().nullish();
const row = z.object({
  mac: z.string(),
  last_status: text,
  last_vlan: vlan,
  last_nacrule_name: text,
  last_port_id: text,
  port_id: text,
  device_mac: text,
  nas_ip: text,
});
const rows = z.object({ results: z.array(row) });
const wired = z.object({ results: z.array(z.object({ mac: z.string() })) });

export interface NacClientState {
  live: boolean;
  denied: boolean;
  vlan: number | null;
  rule: string | null;
  port: string | null;
  /** The switch's MAC and address, as far as they are told. */
  switchNames: string[];
  deviceMac: string | null;
}

export function parseNacClients(json: unknown, mac: string): NacClientState[] {
  return parsed(rows, json, 'the search of NAC clients')
    .results.filter((one) => macOf(one.mac) === mac)
    .map((one) => ({
      live: one.last_status !== 'session_ended' && one.last_status !== 'session_stopped',
      denied: one.last_status === 'denied',
      vlan: one.last_vlan == null || one.last_vlan === '' ? null : Number(one.last_vlan),
      rule: one.last_nacrule_name || null,
      port: one.last_port_id || one.port_id || null,
      switchNames: [
        ...(one.device_mac ? [macOf(one.device_mac) ?? one.device_mac] : []),
        ...(one.nas_ip ? [one.nas_ip] : []),
      ],
      deviceMac: one.device_mac || null,
    }));
}

/** The MACs that a switch has at a port: GET /api/v1/sites/SITE/wired_clients/search?device_mac=…&port_id=… */
export function parseWiredMacs(json: unknown): string[] {
  return parsed(wired, json, 'the search of wired clients').results.map(({ mac }) => macOf(mac) ?? mac);
}

/** A device's id has its MAC in it. */
export function deviceIdOf(deviceMac: string): string {
  return `00000000-0000-0000-1000-${deviceMac.toLowerCase()}`;
}
