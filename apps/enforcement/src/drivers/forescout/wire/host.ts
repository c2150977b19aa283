import { z } from 'zod';
import { parsed } from '../../http/parsed.js';

/** GET /api/hosts/mac/MAC → { host: { id, ip, mac, fields: { TAG: { timestamp, value } | [{ timestamp, value } …] } } } */
const one = z.looseObject({ value: z.unknown() });
const host = z.object({ host: z.object({ fields: z.record(z.string(), z.union([one, z.array(one)])).default({}) }) });

/** The value of a property as text; empty: it has none. Of several values the first. */
export type HostFields = (tag: string) => string;

export function parseHost(json: unknown): HostFields {
  const { fields } = parsed(host, json, 'a host').host;
  return (tag) => {
    const field = fields[tag];
    const value = (Array.isArray(field) ? field[0] : field)?.value;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
  };
}

/** GET /api/hostfields → { hostFields: [{ name, label, type }] } */
export function parseFieldNames(json: unknown): string[] {
  const fields = z.object({ hostFields: z.array(z.object({ name: z.string() })) });
  return parsed(fields, json, 'the list of properties').hostFields.map(({ name }) => name);
}

export function isOn(value: string): boolean {
  return /^(on|true|yes|1|online)$/i.test(value);
}
