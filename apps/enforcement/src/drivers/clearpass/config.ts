import { z } from 'zod';
import { filePath } from '../fields.js';
import { accountName, checkNac, fixedPolicySchema, nacFields } from '../http/nac-fields.js';

/** It needs no escaping in JSON, or between single quotes in a shell. */
const profileName = z.string().regex(/^[\w .[\]()-]{1,128}$/, 'expected the name of an enforcement profile');
const roleName = z.string().regex(/^[\w .[\]()-]{1,128}$/, 'expected the name of a role');
const attributeName = z.string().regex(/^[A-Za-z][\w -]{0,63}$/, 'expected the name of an endpoint attribute');

/**
 * A value of our endpoint attribute, for which ClearPass's enforcement policy gives these roles; `enforcementProfiles`
 * are what a change of authorization names.
 */
const policy = fixedPolicySchema.safeExtend({
  roles: z.array(roleName).min(1),
  enforcementProfiles: z.array(profileName).default([]),
});

/** How a live session is made to follow. Each is an action of ClearPass towards the switch. */
const renew = z.discriminatedUnion('by', [
  /** `homeProfiles`: what the change of authorization names at a release. */
  z.strictObject({ by: z.literal('coa'), homeProfiles: z.array(profileName).min(1) }),
  z.strictObject({ by: z.literal('disconnect') }),
  z.strictObject({ by: z.literal('reauthorize'), profile: profileName }),
]);

/** Aruba ClearPass as the policy source of the switches that it serves. */
export const clearpassPointSchema = z
  .strictObject({
    kind: z.literal('clearpass'),
    ...nacFields,
    policies: z.array(policy).min(1),
    clientId: accountName,
    clientSecretFile: filePath,
    /** Our own attributes of an endpoint: which policy, and which quarantine it is for. */
    policyAttribute: attributeName.default('Lazaret-Policy'),
    markAttribute: attributeName.default('Lazaret-Quarantine'),
    /** The field of a session that tells its role. */
    roleField: z
      .string()
      .regex(/^[a-z_]{1,64}$/, 'expected the name of a field of a session')
      .default('role_name'),
    renew: renew.default({ by: 'disconnect' }),
  })
  .superRefine((point, context) => {
    checkNac(point, context, () => ({}));
    if (point.renew.by !== 'coa') return;
    point.policies.forEach(({ enforcementProfiles }, index) => {
      if (enforcementProfiles.length > 0) return;
      const path = ['policies', index, 'enforcementProfiles'];
      context.addIssue({ code: 'custom', path, message: 'a change of authorization names at least one' });
    });
  });

export type ClearPassPoint = z.output<typeof clearpassPointSchema>;
export type ClearPassPolicy = ClearPassPoint['policies'][number];
