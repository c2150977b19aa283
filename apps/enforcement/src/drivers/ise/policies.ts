import type { CompiledEntries, PointIsolation, PolicyReading } from '#driver';
import { chooseNamedPolicy, type NamedPolicy } from '../syntax/named-policy.js';
import type { IsePolicy } from './config.js';
import { fromIse } from './wire/mac.js';

/** An ANC assignment as ISE holds it. */
export interface Assignment {
  macAddress: string;
  policyName: string;
}

/** The named policy that fits an isolation best. ISE's policies are fixed: what one does not keep open is cut. */
export function compilePolicy(policies: readonly IsePolicy[], isolation: PointIsolation): CompiledEntries {
  const { policy, cut } = chooseNamedPolicy(policies, isolation);
  return { entries: entriesOf(policy.name, policies), cut, policy: policy.name };
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
  return assignments.filter(({ macAddress }) => fromIse(macAddress) === mac);
}

function entriesOf(policyName: string, policies: readonly IsePolicy[]): string[] {
  const policy = policies.find(({ name }) => name === policyName);
  return [`anc-policy ${policyName}`, ...(policy ? permitLines(policy).sort() : [])];
}

function permitLines({ permits }: NamedPolicy): string[] {
  if (permits === 'as-sent') return [];
  return permits.map(({ peerAddress, transport, port, opener }) =>
    opener === 'device'
      ? `permit ${transport} to ${peerAddress} port ${port}`
      : `permit ${transport} from ${peerAddress} to own port ${port}`,
  );
}
