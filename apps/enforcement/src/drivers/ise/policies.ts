import type { PolicyReading } from '#driver';
import { entriesOf } from '../http/named-entries.js';
import type { IsePolicy } from './config.js';
import { macOf } from '../mac.js';

/** An ANC assignment as ISE holds it. */
export interface Assignment {
  macAddress: string;
  policyName: string;
}

/** What is assigned to a MAC. Somebody else's policy has its name as its only entry. */
export function policyReading(mac: string, { policyName }: Assignment, policies: readonly IsePolicy[]): PolicyReading {
  return { mac, ours: isOurs(policyName, policies), mark: null, entries: entriesOf(policyName, policies) };
}

/** ISE has no room for a mark, so ours is what has a policy that is kept for Lazaret. */
export function isOurs(policyName: string, policies: readonly IsePolicy[]): boolean {
  return policies.some(({ name }) => name === policyName);
}

/** A filter that answers with more than was asked for must not make others' assignments this device's. */
export function ofMac(mac: string, assignments: readonly Assignment[]): Assignment[] {
  return assignments.filter(({ macAddress }) => macOf(macAddress) === mac);
}
