import type { AssessmentChanged, DeviceChanged, Level } from '#events';
import { atLeast, defaultTerms, type Outcome, type Policy, type Rule, type Terms } from './policy.js';

export type Assessment = AssessmentChanged['data'];
export type Subject = Pick<
  DeviceChanged['data'],
  'site' | 'ward' | 'modality' | 'criticality' | 'asset' | 'interfaces'
>;

/** What the policy makes of a device. `rule` is `default` where no rule matches, and then the outcome is `observe`. */
export interface Verdict {
  outcome: Outcome;
  rule: string;
  level: Level;
  terms: Terms;
}

/** The first rule that matches decides. No clock and no memory: the same device and assessment give the same verdict. */
export function evaluate(policy: Policy, device: Subject, assessment: Assessment | null): Verdict {
  const level = assessment ? levelOf(policy, assessment) : 'none';
  const rule = policy.rules.find((candidate) => matches(candidate, device, assessment, level));
  return {
    outcome: rule?.then ?? 'observe',
    rule: rule?.name ?? 'default',
    level,
    terms: termsOf(policy, rule, device.criticality),
  };
}

/** The assessment's level, or a lower one where the policy has raised the threshold. */
export function levelOf(policy: Policy, assessment: Pick<Assessment, 'level' | 'logOdds'>): Level {
  const reached = (level: 'propose' | 'isolate') =>
    atLeast(assessment.level, level) && assessment.logOdds >= (policy.levels[level] ?? -Infinity);
  if (reached('propose') && reached('isolate')) return 'isolate';
  if (reached('propose')) return 'propose';
  return atLeast(assessment.level, 'watch') ? 'watch' : 'none';
}

function matches({ when }: Rule, device: Subject, assessment: Assessment | null, level: Level): boolean {
  if (!atLeast(level, when.level)) return false;
  const domains = [
    ...new Set((assessment?.parts ?? []).filter((part) => part.counted > 0).map((part) => part.trustDomain)),
  ];
  const exposed = (assessment?.prior ?? -40) > -40 ? 'reachable-hole' : 'none-known';
  return (
    (when.exposure === undefined || when.exposure === exposed) &&
    holds(when.criticality, device.criticality) &&
    holds(when.site, device.site) &&
    holds(when.ward, device.ward) &&
    holds(when.modality, device.modality) &&
    (when.trustDomains === undefined || when.trustDomains.every((domain) => domains.includes(domain))) &&
    domains.length >= (when.atLeastTrustDomains ?? 0)
  );
}

function holds(wanted: readonly string[] | undefined, actual: string): boolean {
  return wanted === undefined || wanted.includes(actual);
}

/** A rule's terms over the file's defaults over the design's. A life-critical device always needs two people. */
function termsOf(policy: Policy, rule: Rule | undefined, criticality: Subject['criticality']): Terms {
  const terms: Terms = { ...defaultTerms, ...present(policy.defaults), ...present(rule ?? {}) };
  const count = criticality === 'life-critical' ? Math.max(2, terms.approvals.count) : terms.approvals.count;
  return { ...terms, approvals: { ...terms.approvals, count } };
}

/** Only the terms that are written down. */
function present(from: { [K in keyof Terms]?: Terms[K] | undefined }): Partial<Terms> {
  const keys = Object.keys(defaultTerms) as (keyof Terms)[];
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]));
}

/** Whether the policy's protected list names the device: by asset or by one of its interfaces. */
export function isProtected(policy: Policy, device: Subject): boolean {
  const { assets, macs } = policy.protected;
  return (
    (device.asset !== null && assets.includes(`${device.site}/${device.asset}`)) ||
    device.interfaces.some(({ mac }) => macs.includes(mac))
  );
}
