import { z } from 'zod';
import { filePath } from '../fields.js';
import { accountName, checkNac, fixedPolicySchema, nacFields } from '../http/nac-fields.js';

/**
 * A security event that is kept for Lazaret alone: its rule number, the role that it puts a device into, and, as in every
 * policy, what that role leaves open.
 */
const policy = fixedPolicySchema.safeExtend({
  rule: z.string().regex(/^[1-9]\d{0,9}$/, 'expected the number of a security event'),
  role: z.string().regex(/^[\w.-]{1,64}$/, 'expected the name of a role'),
});

/** PacketFence as the policy source of the switches that it serves. `url` is its API, mostly on port 9999. */
export const packetfencePointSchema = z
  .strictObject({
    kind: z.literal('packetfence'),
    ...nacFields,
    policies: z.array(policy).min(1),
    user: accountName,
    passwordFile: filePath,
    /**
     * How a session is made to take its role: `reevaluate` lets PacketFence ask the switch; `restart-switchport` bounces
     * the link, and is refused where another device is on the port.
     */
    renew: z.enum(['reevaluate', 'restart-switchport']).default('reevaluate'),
  })
  .superRefine((point, context) => checkNac(point, context, (one) => ({ rule: one.rule })));

export type PacketFencePoint = z.output<typeof packetfencePointSchema>;
export type PacketFencePolicy = PacketFencePoint['policies'][number];
