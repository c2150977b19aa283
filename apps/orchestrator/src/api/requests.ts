import { z } from 'zod';
import { CONDITIONS, DECISIONS, LEVELS, PLAN_MODES, TRUTHS, mac } from '#events';
import { NAME_RULE, ROLES, isTokenName } from '#tokens';

/** A reason that people will read in the timeline: never empty. */
const reason = z.string().trim().min(3, 'say why in a few words').max(500);
const page = { limit: z.coerce.number().int().min(1).max(500).default(100), cursor: z.string().max(512).optional() };

export const deviceQuery = z.strictObject({
  ...page,
  site: z.string().optional(),
  ward: z.string().optional(),
  level: z.enum(LEVELS).optional(),
});
export const quarantineQuery = z.strictObject({
  ...page,
  decision: z.enum(DECISIONS).optional(),
  truth: z.enum(TRUTHS).optional(),
  condition: z.enum(CONDITIONS).optional(),
  deviceId: z.string().max(64).optional(),
});
export const auditQuery = z.strictObject({ after: z.coerce.number().int().min(0).default(0), limit: page.limit });
export const inventoryQuery = z.strictObject({ dryRun: z.enum(['true', 'false', '']).optional() });
export const pageQuery = z.strictObject(page);

export const readinessQuery = z.strictObject({ ...page, site: z.string().optional(), ward: z.string().optional() });

export const openRequest = z.strictObject({ deviceId: z.string().min(1).max(64), reason });
export const approvalRequest = z.strictObject({
  planDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits'),
  policyVersion: z.string().min(1).max(80),
  reason,
});
export const reasonRequest = z.strictObject({ reason });
/** A test port and its test device go together; without them only what is harmless is asked. */
export const drillRequest = z
  .strictObject({
    reason,
    port: z.string().min(1).max(64).nullable().default(null),
    mac: mac.nullable().default(null),
    mode: z.enum(PLAN_MODES).nullable().default(null),
  })
  .refine(({ port, mac: device }) => (port === null) === (device === null), {
    path: ['mac'],
    message: 'a port and the MAC of its test device go together',
  });
export const killSwitchRequest = z.strictObject({ on: z.boolean(), reason });
export const tokenRequest = z.strictObject({
  name: z.string().trim().min(2).max(100).refine(isTokenName, NAME_RULE),
  role: z.enum(ROLES),
  expires: z.iso.datetime({ offset: true }),
});
