import { z } from 'zod';
import { parsed } from '../../http/parsed.js';
import { macOf } from '../../mac.js';

/**
 * GET|PATCH /api/endpoint/mac-address/MAC: { mac_address, status: Known|Unknown|Disabled, attributes: { NAME: VALUE } }.
 * PATCH keeps the attributes that it does not name. An empty value counts as none.
 */
const endpoint = z.object({
  status: z.string().nullish(),
  attributes: z.record(z.string(), z.unknown()).nullish(),
});
const found = z.object({ _embedded: z.object({ items: z.array(z.object({ mac_address: z.string() })) }) });

export interface Endpoint {
  disabled: boolean;
  attribute(name: string): string;
}

export function parseEndpoint(json: unknown): Endpoint {
  const { status, attributes } = parsed(endpoint, json, 'an endpoint');
  return {
    disabled: status === 'Disabled',
    attribute: (name) => {
      const value = attributes?.[name];
      return typeof value === 'string' || typeof value === 'number' ? `${value}`.trim() : '';
    },
  };
}

export function parseEndpointMacs(json: unknown): string[] {
  const { items } = parsed(found, json, 'the search of endpoints')._embedded;
  return items.map(({ mac_address }) => macOf(mac_address) ?? mac_address);
}

/** QUARANTINE-ID GENERATION */
export function markValue(quarantineId: string, generation: number): string {
  return `${quarantineId} ${generation}`;
}

export function parseMark(value: string): { quarantineId: string; generation: number } | null {
  const [, quarantineId, generation] = /^([\w-]{8,64}) (\d{1,15})$/.exec(value) ?? [];
  return quarantineId === undefined ? null : { quarantineId, generation: Number(generation) };
}
