import { z } from 'zod';
import { namedPolicySchema } from '../syntax/named-policy.js';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower case letters, digits and hyphens');
const vlanId = z.int().min(1).max(4094);

/** Neither of these needs escaping in a shell, a header or a URL. */
export const httpsOrigin = z
  .string()
  .regex(/^https:\/\/(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?$/, 'expected https://HOST[:PORT]');
export const filePath = z.string().regex(/^\/[\w./@+-]+$/, 'expected the absolute path of a file');
export const accountName = z.string().regex(/^[\w.@-]{1,64}$/, 'expected letters, digits, dot, at, hyphen');

/** How a NAC names a switch: its address or its MAC. */
const switchAddress = z.union([z.ipv4(), z.ipv6(), z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/)]);

/** What every point has that is a NAC with policies of its own. */
export const nacFields = {
  id,
  url: httpsOrigin,
  switches: z.array(id).default([]),
  /** The switch's address or MAC, as the NAC tells it of a session → the switch's id. */
  switchAddresses: z.record(switchAddress, id).default({}),
  quarantineVlan: vlanId.nullable().default(null),
  /** Authorities that may have signed its certificate; null: those of the machine. */
  caFile: filePath.nullable().default(null),
  /** How long one answer may take. */
  timeoutMs: z.int().min(100).max(30_000).default(5000),
  /** How long a write waits for the sessions to follow, before it is read back as it is. */
  settleMs: z.int().min(0).max(30_000).default(5000),
  pollSeconds: z.number().min(0.1).max(3600).default(10),
};

/** A policy that is kept for Lazaret alone; `permits` says what its administrator has made it leave open. */
export const fixedPolicySchema = namedPolicySchema.refine(({ permits }) => permits !== 'as-sent', {
  path: ['permits'],
  message: 'a policy of this NAC is fixed: name what it permits',
});

interface NacShape {
  switches: readonly string[];
  switchAddresses: Readonly<Record<string, string>>;
  quarantineVlan: number | null;
  policies: readonly { name: string; quarantineVlan: number | null }[];
}

/** `keys`: what tells a policy from the others, besides its name. */
export function checkNac<P extends NacShape>(
  { switches, switchAddresses, quarantineVlan, policies }: P,
  context: z.RefinementCtx,
  keys: (policy: P['policies'][number]) => Record<string, string>,
): void {
  const taken = new Set<string>();
  policies.forEach((policy, index) => {
    for (const [field, key] of Object.entries({ name: policy.name, ...keys(policy) })) {
      const path = ['policies', index, field];
      if (taken.has(`${field} ${key}`)) context.addIssue({ code: 'custom', path, message: 'another policy has it' });
      taken.add(`${field} ${key}`);
    }
    if (policy.quarantineVlan === null || policy.quarantineVlan === quarantineVlan) return;
    const path = ['policies', index, 'quarantineVlan'];
    context.addIssue({ code: 'custom', path, message: 'the quarantine VLAN of the point is another one' });
  });
  for (const [address, switchId] of Object.entries(switchAddresses)) {
    if (switches.includes(switchId)) continue;
    context.addIssue({ code: 'custom', path: ['switchAddresses', address], message: 'switches does not name it' });
  }
}
