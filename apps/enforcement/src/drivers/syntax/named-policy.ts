import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { DriverError, type PointIsolation } from '#driver';
import { fixedPermitSchema, vlanId } from '../fields.js';

/**
 * A filter, role or policy that stands at the point under a name, as its administrator has made it. `permits` is what
 * it leaves open; `as-sent`: it takes ours. `quarantineVlan` is the VLAN that it puts a device into.
 */
export const namedPolicySchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][\w. -]{0,63}$/, 'expected letters, digits, spaces, dots, hyphens'),
    mode: z.enum(['filter', 'vlan-bridged', 'vlan-routed']),
    quarantineVlan: vlanId.nullable().default(null),
    permits: z.union([z.literal('as-sent'), z.array(fixedPermitSchema)]),
  })
  .refine(({ mode, quarantineVlan }) => (mode === 'filter') === (quarantineVlan === null), {
    path: ['quarantineVlan'],
    message: 'a policy that moves the device names its VLAN, a filter names none',
  });
export type NamedPolicy = z.output<typeof namedPolicySchema>;

/** The policies of a point: names are used once. */
export const namedPoliciesSchema = z.array(namedPolicySchema).superRefine((policies, context) => {
  policies.forEach(({ name }, index) => {
    if (policies.findIndex((other) => other.name === name) === index) return;
    context.addIssue({ code: 'custom', path: [index, 'name'], message: 'this name is used twice' });
  });
});

/** The chosen policy, and the flow ids of the isolation's permits that it keeps closed. */
export interface ChosenPolicy {
  policy: NamedPolicy;
  cut: string[];
}

/**
 * The policy of the isolation's mode and VLAN that keeps most of its permits and opens nothing besides; of equals the
 * one that is named first. None: DriverError `refused`, which says why for each.
 */
export function chooseNamedPolicy(policies: readonly NamedPolicy[], isolation: PointIsolation): ChosenPolicy {
  const misfits = policies.map((policy) => ({ policy, why: misfitOf(policy, isolation) }));
  const fitting = misfits
    .filter(({ why }) => why === null)
    .map(({ policy }) => ({ policy, cut: cutBy(policy, isolation) }));
  const best = fitting.reduce<ChosenPolicy | null>(
    (chosen, next) => (chosen && chosen.cut.length <= next.cut.length ? chosen : next),
    null,
  );
  if (best) return best;
  const reasons = misfits.map(({ policy, why }) => `${policy.name} ${why}`).join('; ');
  throw new DriverError('refused', `no policy of this point fits: ${reasons || 'none is named in its configuration'}`);
}

function misfitOf({ mode, quarantineVlan, permits }: NamedPolicy, isolation: PointIsolation): string | null {
  if (mode !== isolation.mode) return `is for ${mode}`;
  if (quarantineVlan !== isolation.quarantineVlan) return `puts it into VLAN ${quarantineVlan}`;
  if (permits === 'as-sent') return null;
  const permitted = new Set(isolation.permits.map(keyOf));
  const more = permits.find((permit) => !permitted.has(keyOf(permit)));
  return more ? `opens ${more.transport} ${more.port} with ${more.peerAddress}, which is not permitted` : null;
}

function cutBy({ permits }: NamedPolicy, isolation: PointIsolation): string[] {
  if (permits === 'as-sent') return [];
  const open = new Set(permits.map(keyOf));
  return isolation.permits.filter((permit) => !open.has(keyOf(permit))).map(({ flowId }) => flowId);
}

type PermitKey = z.output<typeof fixedPermitSchema>;

function keyOf({ peerAddress, transport, port, opener }: PermitKey): string {
  const address = ipaddr.isValid(peerAddress) ? ipaddr.process(peerAddress).toString() : peerAddress;
  return `${address} ${transport} ${port} ${opener}`;
}
