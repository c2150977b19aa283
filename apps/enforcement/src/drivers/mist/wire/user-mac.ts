import { z } from 'zod';
import { parsed } from '../../http/parsed.js';

/**
 * GET /api/v1/orgs/ORG/usermacs/search?mac=MAC → [{ id, mac, labels: [TEXT], name, notes, vlan, radius_group }];
 * PUT …/usermacs/ID takes the whole of it: what is left out is lost.
 */
const record = z.looseObject({ id: z.string(), mac: z.string(), labels: z.array(z.string()).nullish() });
export type UserMac = z.output<typeof record>;

export function parseUserMacs(json: unknown): UserMac[] {
  return parsed(z.array(record), json, 'the search of user MACs');
}

/** The record with other labels, and everything else as it was. */
export function relabelled(
  userMac: UserMac,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): UserMac {
  const kept = (userMac.labels ?? []).filter((label) => !remove.includes(label) && !add.includes(label));
  return { ...userMac, labels: [...kept, ...add] };
}
