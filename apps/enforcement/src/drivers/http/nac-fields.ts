import { z } from 'zod';
import { filePath, ipAddress, mac, pointId, vlanId } from '../fields.js';
import { namedPolicySchema } from '../syntax/named-policy.js';

/** Neither of these needs escaping in a shell, a header or a URL. */
export const httpsOrigin = z
  .string()
  .regex(/^https:\/\/(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?$/, 'expected https://HOST[:PORT]');
export const accountName = z.string().regex(/^[\w.@-]{1,64}$/, 'expected letters, digits, dot, at, hyphen');

/** How a NAC names a switch: its address or its MAC. */
const switchAddress = z.union([ipAddress, mac]);

/** What every point has that is a NAC with policies of its own. */
export const nacFields = {
  id: pointId,
  url: httpsOrigin,
  switches: z.array(pointId).default([]),
  /** The switch's address or MAC, as the NAC tells it of a session → the switch's id. */
  switchAddresses: z.record(switchAddress, pointId).default({}),
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

interface Addresses {
  switches: readonly string[];
  switchAddresses: Readonly<Record<string, string>>;
}

interface NacShape extends Addresses {
  quarantineVlan: number | null;
  policies: readonly { name: string; quarantineVlan: number | null }[];
}

/** `keys`: what tells a policy from the others, besides its name. */
export function checkNac<P extends NacShape>(
  point: P,
  context: z.RefinementCtx,
  keys: (policy: P['policies'][number]) => Record<string, string>,
): void {
  checkSwitchAddresses(point, context);
  const { quarantineVlan, policies } = point;
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
}

/** What a session's switch is called is one of the switches that the point serves. */
export function checkSwitchAddresses({ switches, switchAddresses }: Addresses, context: z.RefinementCtx): void {
  for (const [address, switchId] of Object.entries(switchAddresses)) {
    if (switches.includes(switchId)) continue;
    context.addIssue({ code: 'custom', path: ['switchAddresses', address], message: 'switches does not name it' });
  }
}
