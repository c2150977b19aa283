import { z } from 'zod';
import { filePath, ipAddress, pointId, vlanId } from '../fields.js';
import { checkSwitchAddresses, httpsOrigin } from '../http/nac-fields.js';
import { namedPolicySchema } from '../syntax/named-policy.js';

/** None of these needs escaping in a shell, a header or a URL's path. */
const name = z.string().regex(/^[\w.-]{1,64}$/, 'expected letters, digits, dot, underscore and hyphen');
const profileName = z.string().regex(/^[\w .-]{1,100}$/, 'expected the name of an authorization profile');

/**
 * An ANC policy that is kept for Lazaret alone, and what ISE's exception rule for it gives: the VLAN, what the
 * downloadable ACL permits, and the authorization profiles, by which a session is recognised.
 */
const policy = namedPolicySchema
  .safeExtend({ authorizationProfiles: z.array(profileName).min(1) })
  .refine(({ permits }) => permits !== 'as-sent', {
    path: ['permits'],
    message: 'an ANC policy is fixed: name what its downloadable ACL permits',
  });

const account = { user: name, passwordFile: filePath };

/**
 * Cisco ISE as the policy source of the switches that it serves. `ers.nodes` are administration nodes, the primary one
 * first; `mnt.nodes` monitoring nodes. `pxgrid: null` works too: ISE is then polled.
 */
export const isePointSchema = z
  .strictObject({
    kind: z.literal('ise'),
    id: pointId,
    switches: z.array(pointId).default([]),
    quarantineVlan: vlanId.nullable().default(null),
    /** NAS-IP-Address of a session → the switch's id. */
    switchAddresses: z.record(ipAddress, pointId).default({}),
    policies: z.array(policy).min(1),
    ers: z.strictObject({
      /** `body`: which of the two published forms of apply and clear a node takes; `auto` finds out. */
      nodes: z
        .array(
          z.strictObject({
            url: httpsOrigin,
            body: z.enum(['auto', 'additional-data', 'anc-endpoint']).default('auto'),
          }),
        )
        .min(1),
      ...account,
      /** Cisco supports 250 ANC requests a second for a whole deployment. */
      requestsPerSecond: z.int().min(1).max(200).default(100),
    }),
    mnt: z.strictObject({ nodes: z.array(httpsOrigin).min(1), ...account }),
    /**
     * How a live session is made to take its policy, should ISE's own change of authorization have gone by. A port is
     * bounced only for a device that is alone on it; for any other the session is ended.
     */
    renew: z.enum(['reauthenticate', 'disconnect', 'port-bounce']).default('reauthenticate'),
    pxgrid: z
      .strictObject({ nodes: z.array(httpsOrigin).min(1), nodeName: name, passwordFile: filePath })
      .nullable()
      .default(null),
    caFile: filePath.nullable().default(null),
    /** How long one answer may take. */
    timeoutMs: z.int().min(100).max(30_000).default(5000),
    /** How long a write waits for the sessions to follow, before it is read back as it is. */
    settleMs: z.int().min(0).max(30_000).default(3000),
    pollSeconds: z.number().min(0.1).max(3600).default(5),
  })
  .superRefine((point, context) => {
    checkSwitchAddresses(point, context);
    const names = new Set<string>();
    const profiles = new Set<string>();
    point.policies.forEach((one, index) => {
      const refuse = (field: string, message: string): void =>
        context.addIssue({ code: 'custom', path: ['policies', index, field], message });
      if (names.has(one.name)) refuse('name', 'this policy is named twice');
      names.add(one.name);
      if (one.authorizationProfiles.some((profile) => profiles.has(profile))) {
        refuse(
          'authorizationProfiles',
          'another policy gives this profile, so that a session would not tell which it has',
        );
      }
      one.authorizationProfiles.forEach((profile) => profiles.add(profile));
    });
  });

export type IsePoint = z.infer<typeof isePointSchema>;
export type IsePolicy = IsePoint['policies'][number];
