import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CRITICALITIES, ON_CLINICAL_BROKEN, mac, type Level } from '#events';
import { canonicalText } from '../canonical-json.js';
import { duration } from './duration.js';

/** What a rule does with a device: nothing, ask people, or isolate without asking. */
export const OUTCOMES = ['observe', 'propose', 'isolate'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The design's thresholds in decibans. A policy may raise them, never lower them. */
export const THRESHOLDS = { propose: -10, isolate: 13 } as const;

/** How an isolation is asked for and carried out. `lapseAfter` and `reviewAfter` are counted in milliseconds. */
const terms = {
  approvals: z.strictObject({ count: z.int().min(1).max(5), role: z.enum(['approver']) }),
  lapseAfter: duration,
  reviewAfter: duration,
  maxInterruptionMs: z.int().min(0).max(120_000),
  requireQuarantineVlan: z.boolean(),
  onClinicalBroken: z.enum(ON_CLINICAL_BROKEN),
};
const DEFAULT_TERMS = {
  approvals: { count: 1, role: 'approver' },
  lapseAfter: '4h',
  reviewAfter: '72h',
  maxInterruptionMs: 3000,
  requireQuarantineVlan: false,
  onClinicalBroken: 'keep',
} as const;

const names = z.array(z.string().min(1).max(255)).min(1);
const rule = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and hyphens'),
    when: z.strictObject({
      level: z.enum(['watch', 'propose', 'isolate']),
      exposure: z.enum(['reachable-hole', 'none-known']).optional(),
      criticality: z.array(z.enum(CRITICALITIES)).min(1).optional(),
      site: names.optional(),
      ward: names.optional(),
      modality: names.optional(),
      trustDomains: names.optional(),
      atLeastTrustDomains: z.int().min(1).max(16).optional(),
    }),
    then: z.enum(OUTCOMES),
    ...z.strictObject(terms).partial().shape,
  })
  .refine(({ when, then }) => then === 'observe' || then === when.level || when.level === 'isolate', {
    path: ['then'],
    message:
      'a rule acts at its own level or above: `propose` needs level propose or isolate, `isolate` needs level isolate',
  });

const cap = z.int().min(0).max(10_000);
const raised = (name: keyof typeof THRESHOLDS) =>
  z.number().min(THRESHOLDS[name], `a level may be raised, never lowered below ${THRESHOLDS[name]}`);

/** The policy file. Every key is known; what is left out has the value written here. */
export const policyFile = z
  .strictObject({
    version: z.literal(1),
    defaults: z.strictObject(terms).partial().default({}),
    levels: z
      .strictObject({ propose: raised('propose').optional(), isolate: raised('isolate').optional() })
      .default({}),
    rules: z.array(rule).default([]),
    protected: z
      .strictObject({
        assets: z.array(z.string().regex(/^[^/]+\/[^/]+$/, 'expected SITE/ASSET')).default([]),
        macs: z.array(mac).default([]),
      })
      .prefault({}),
    /** Isolations an hour. No rule lifts them. */
    limits: z
      .strictObject({ site: cap.default(5), ward: cap.default(2), modality: cap.default(2), point: cap.default(3) })
      .prefault({}),
    /** How long a released device is watched before its quarantine is closed. */
    probation: duration.default(86_400_000),
  })
  .superRefine(({ rules }, context) => {
    rules.forEach(({ name }, index) => {
      if (rules.findIndex((other) => other.name === name) !== index) {
        context.addIssue({ code: 'custom', path: ['rules', index, 'name'], message: 'another rule has this name' });
      }
    });
  });

export interface Terms {
  approvals: { count: number; role: 'approver' };
  lapseAfter: number;
  reviewAfter: number;
  maxInterruptionMs: number;
  requireQuarantineVlan: boolean;
  onClinicalBroken: 'keep' | 'lift';
}
export type Policy = z.output<typeof policyFile>;
export type Rule = Policy['rules'][number];

/** The policy by which everything is decided, with its version. */
export interface PolicyInForce {
  policy: Policy;
  version: string;
}

export const defaultTerms: Terms = z.strictObject(terms).parse(DEFAULT_TERMS);

/** Without a file: watch, and ask people. Nothing is isolated without them. */
export const freshInstall: Policy = policyFile.parse({
  version: 1,
  rules: [{ name: 'ask-people', when: { level: 'propose' }, then: 'propose' }],
});

/** RFC 8785 JSON of the policy as it is in force, defaults filled in. */
export function policyText(policy: Policy): string {
  return canonicalText(policy);
}

/** What an approval is bound to: the same rules have the same version, however the file is written. */
export function policyVersion(policy: Policy): string {
  return `sha256:${createHash('sha256').update(policyText(policy)).digest('hex')}`;
}

const RANK: Record<Level, number> = { none: 0, watch: 1, propose: 2, isolate: 3 };

export function atLeast(level: Level, threshold: Level): boolean {
  return RANK[level] >= RANK[threshold];
}
