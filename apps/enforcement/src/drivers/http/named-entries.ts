import type { CompiledEntries, DriverProfile, PointIsolation } from '#driver';
import { chooseNamedPolicy, type NamedPolicy } from '../syntax/named-policy.js';

/** Access switches have room for few filter lines, and a filter travels to them in one RADIUS packet. */
const ENTRIES = 64;

/** The named policy that fits an isolation best: what it does not keep open is cut. */
export function compileNamed(policies: readonly NamedPolicy[], isolation: PointIsolation): CompiledEntries {
  const { policy, cut } = chooseNamedPolicy(policies, isolation);
  return { entries: entriesOf(policy.name, policies), cut: cut.sort(), policy: policy.name };
}

/** A policy's name, and what it leaves open. Somebody else's has its name only. */
export function entriesOf(name: string, policies: readonly NamedPolicy[]): string[] {
  const permits = policies.find((policy) => policy.name === name)?.permits ?? [];
  const lines = permits === 'as-sent' ? [] : permits.map(permitLine);
  return [`policy ${name}`, ...lines.sort()];
}

function permitLine(permit: Exclude<NamedPolicy['permits'], 'as-sent'>[number]): string {
  const { peerAddress, transport, port, opener } = permit;
  return opener === 'device'
    ? `permit ${transport} to ${peerAddress} port ${port}`
    : `permit ${transport} from ${peerAddress} to own port ${port}`;
}

/**
 * What a NAC does depends on the switch that carries it out, so nothing is confirmed before a drill, and everything
 * counts as its worst.
 */
export function nacProfile(
  policies: readonly NamedPolicy[],
  can: Pick<DriverProfile, 'renews' | 'marks'>,
): DriverProfile {
  return {
    order: 'break-before-make',
    interruption: 'break',
    direction: 'from-device',
    covers: 'ipv4',
    state: 'policy',
    stateful: false,
    entries: ENTRIES,
    perSession: true,
    ...can,
    modes: [...new Set(policies.map(({ mode }) => mode))],
    confirmed: false,
  };
}
