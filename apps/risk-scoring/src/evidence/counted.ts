import type { Family } from '#events';
import { CLAIMED } from './evidence.js';

/** What a healthy device of one family looks like once in 3,000, and how often a domain lies. */
export const FAMILY_CAP = 35;
export const DOMAIN_CAP = 35;
/** A domain that anybody could speak for. */
export const WEAK_DOMAIN_CAP = 30;

/** w(f, d): decibans of a family from a domain. */
export interface Weight {
  family: Family;
  trustDomain: string;
  authenticated: boolean;
  decibans: number;
}

/** The two sums of which the smaller one counts, with what is left of each family and each domain. */
export interface Tally {
  byFamily: { sum: number; share: ReadonlyMap<string, number> };
  byDomain: { sum: number; share: ReadonlyMap<string, number> };
  counted: number;
}

/**
 * counted = min( Σ_f min(35, Σ_d w), Σ_d min(cap_d, Σ_f w) ): no family and no domain counts more than its cap, so
 * neither reaches isolate alone. `share` is the part of a family's or domain's weight that its cap leaves (1: all).
 */
export function tally(weights: readonly Weight[]): Tally {
  const strong = authenticatedDomains(weights);
  const byFamily = capped(
    weights,
    (weight) => weight.family,
    () => FAMILY_CAP,
  );
  const byDomain = capped(
    weights,
    (weight) => weight.trustDomain,
    (domain) => (strong.has(domain) ? DOMAIN_CAP : WEAK_DOMAIN_CAP),
  );
  return { byFamily, byDomain, counted: Math.min(byFamily.sum, byDomain.sum) };
}

/** What counts of the domains that nobody else can speak for: it alone must reach isolate before a policy acts alone. */
export function countedAlone(weights: readonly Weight[]): number {
  const strong = authenticatedDomains(weights);
  return tally(weights.filter((weight) => strong.has(weight.trustDomain))).counted;
}

/** Domains all of whose evidence came from authenticated sensors. `claimed` never is one. */
function authenticatedDomains(weights: readonly Weight[]): ReadonlySet<string> {
  const domains = new Set(weights.map((weight) => weight.trustDomain));
  domains.delete(CLAIMED);
  for (const weight of weights) if (!weight.authenticated) domains.delete(weight.trustDomain);
  return domains;
}

function capped(weights: readonly Weight[], group: (weight: Weight) => string, cap: (group: string) => number) {
  const sums = new Map<string, number>();
  for (const weight of weights) sums.set(group(weight), (sums.get(group(weight)) ?? 0) + weight.decibans);
  let sum = 0;
  const share = new Map<string, number>();
  for (const [name, decibans] of sums) {
    const left = Math.min(cap(name), decibans);
    sum += left;
    share.set(name, decibans > 0 ? left / decibans : 1);
  }
  return { sum, share };
}
