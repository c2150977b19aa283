import { createHash } from 'node:crypto';
import { DriverError, type CompiledEntries, type PointIsolation } from '#driver';
import { ciscoAcl, ciscoAclPairs } from '../syntax/cisco-acl.js';
import { arubaFilterRules } from '../syntax/hpe-filter-rule.js';
import { juniperFilter } from '../syntax/juniper-filter.js';
import { nasFilterRules, nasFilterRuleValues } from '../syntax/nas-filter-rule.js';
import { chooseNamedPolicy } from '../syntax/named-policy.js';
import { checkPacket, type RadiusAttribute } from '../syntax/packet-budget.js';
import type { RadiusPolicyPoint } from './config.js';

/** What an isolated device's Access-Accept carries besides what it would carry anyway. */
export interface Accept {
  attributes: RadiusAttribute[];
  /** Flow ids of permits that stay closed. */
  cut: string[];
}

/** An isolation as attributes of one Access-Accept. Throws `refused` and `too-many-entries`. */
export function acceptOf(point: RadiusPolicyPoint, isolation: PointIsolation): Accept {
  const { mode, quarantineVlan } = isolation;
  if (!point.modes.includes(mode)) throw new DriverError('refused', `this point is not set up for ${mode}`);
  if (mode !== 'filter' && quarantineVlan !== point.quarantineVlan) {
    throw new DriverError('refused', `VLAN ${quarantineVlan} is not this point's quarantine VLAN`);
  }
  const filter = filterOf(point, isolation);
  const attributes = [...(mode === 'filter' ? [] : vlanOf(quarantineVlan)), ...filter.attributes];
  if (attributes.length > point.entries) {
    throw new DriverError('too-many-entries', `${attributes.length} entries, ${point.entries} at most`);
  }
  checkPacket(onTheWire(attributes));
  return { attributes, cut: filter.cut };
}

/** As they stand in the packet: FreeRADIUS joins the rules and cuts them into pieces, as RFC 4849 has it. */
function onTheWire(attributes: readonly RadiusAttribute[]): RadiusAttribute[] {
  const isRule = ({ name }: RadiusAttribute): boolean => name === 'NAS-Filter-Rule';
  const pieces = nasFilterRuleValues(attributes.filter(isRule).map(({ value }) => `${value}`));
  return [...attributes.filter((one) => !isRule(one)), ...pieces.map((value) => ({ name: 'NAS-Filter-Rule', value }))];
}

/** The same in words, with the label by which a session is known that carries exactly this. */
export function compileAccept(point: RadiusPolicyPoint, isolation: PointIsolation): CompiledEntries {
  const { attributes, cut } = acceptOf(point, isolation);
  const entries = attributes.map(({ name, value }) => `${name} = ${value}`);
  return { entries, cut, policy: labelOf(entries) };
}

/** Travels in Class, which the switch gives back in accounting (RFC 2865 5.25). */
function labelOf(entries: readonly string[]): string {
  return `lazaret/${createHash('sha256').update(entries.join('\n')).digest('hex').slice(0, 12)}`;
}

function vlanOf(vlan: number | null): RadiusAttribute[] {
  return [
    { name: 'Tunnel-Type', value: 'VLAN' },
    { name: 'Tunnel-Medium-Type', value: 'IEEE-802' },
    { name: 'Tunnel-Private-Group-Id', value: `${vlan}` },
  ];
}

function filterOf(point: RadiusPolicyPoint, isolation: PointIsolation): Accept {
  const { entries, policies } = point;
  const { permits, direction, ipv6 } = point.attributes;
  const shape = { entries, ipv6: 'explicit' } as const;
  switch (permits) {
    case 'none':
      return { attributes: [], cut: chooseNamedPolicy(policies, isolation).cut };
    case 'filter-id': {
      const { policy, cut } = chooseNamedPolicy(policies, isolation);
      return { attributes: [{ name: 'Filter-Id', value: policy.name }], cut };
    }
    case 'nas-filter-rule':
      return valued('NAS-Filter-Rule', nasFilterRules(isolation, { entries, directions: direction, ipv6 }));
    case 'hpe': {
      const { attributes, cut } = valued('NAS-Filter-Rule', arubaFilterRules(isolation, shape));
      return { attributes: [{ name: 'HP-Nas-Rules-IPv6', value: 1 }, ...attributes], cut };
    }
    case 'aruba':
      return valued('Aruba-NAS-Filter-Rule', arubaFilterRules(isolation, shape));
    case 'cisco': {
      const acl = ciscoAcl(isolation, shape);
      return valued('Cisco-AVPair', { lines: ciscoAclPairs(acl), cut: acl.cut });
    }
    case 'juniper':
      return valued('Juniper-Switching-Filter', juniperFilter(isolation, { entries }));
  }
}

function valued(name: string, { lines, cut }: { lines: readonly string[]; cut: string[] }): Accept {
  return { attributes: lines.map((value) => ({ name, value })), cut };
}
