import { z } from 'zod';
import { filePath } from '../fields.js';
import { checkNac, fixedPolicySchema, nacFields } from '../http/nac-fields.js';

/** It needs no escaping in JSON, or in a shell's pattern. */
const label = z.string().regex(/^[\w-]{1,64}$/, 'expected letters, digits, underscore, hyphen');
const ruleName = z.string().regex(/^[\w .-]{1,64}$/, 'expected the name of a rule');

/**
 * A label of a client's user MAC that is kept for Lazaret alone, and the authentication policy rule that matches it, by
 * whose name a session is recognised.
 */
const policy = fixedPolicySchema.safeExtend({ label, rule: ruleName });

/** Juniper Mist Access Assurance as the policy source of the switches of one site. `url` is the cloud that has the organization. */
export const mistPointSchema = z
  .strictObject({
    kind: z.literal('mist'),
    ...nacFields,
    policies: z.array(policy).min(1),
    orgId: z.uuid(),
    siteId: z.uuid(),
    tokenFile: filePath,
    /** Labels by which others isolate: a client that has one is not ours to change. */
    foreignLabels: z.array(label).default([]),
    /** `bounce-port` takes the link down, and is refused where another device is on the port. */
    renew: z.enum(['coa', 'bounce-port']).default('coa'),
    /** Mist takes 5000 requests an hour of one token. */
    pollSeconds: z.number().min(0.1).max(3600).default(60),
  })
  .superRefine((point, context) => checkNac(point, context, ({ label: key, rule }) => ({ label: key, rule })));

export type MistPoint = z.output<typeof mistPointSchema>;
export type MistPolicy = MistPoint['policies'][number];
