import { DriverError, type CompiledEntries, type PointIsolation } from '#driver';
import { chooseNamedPolicy, type NamedPolicy } from '../syntax/named-policy.js';
import type { RadiusPoint } from './config.js';
import { MODELS } from './models/models.js';
import type { RadiusModel } from './models/model.js';
import type { Named } from './wire/dictionary.js';

/** An isolation as a CoA carries it, all of it or nothing (RFC 5176 section 2.3), and as the session then reads. */
export interface Carried extends CompiledEntries {
  attributes: readonly Named[];
}

/** Refuses, in words, what no filter or role of this switch gives. */
export function carriedBy(point: RadiusPoint, isolation: PointIsolation): Carried {
  const { policy, cut } = chooseNamedPolicy(point.policies, isolation);
  const { carries, title }: RadiusModel = MODELS[point.model];
  const attributes = [...vlanOf(policy, carries), ...filterOf(policy, carries)];
  if (attributes.length === 0) throw new DriverError('refused', `a CoA to ${title} can't carry ${policy.name}`);
  const entries = attributes.map(([name, value]) => `${name} = ${value}`);
  return { attributes, entries, cut, policy: carries.filter === null ? null : policy.name };
}

function vlanOf({ quarantineVlan }: NamedPolicy, { vlan, filterIsRole }: RadiusModel['carries']): Named[] {
  if (quarantineVlan === null || !vlan || filterIsRole) return [];
  return vlanAttributes(quarantineVlan);
}

function filterOf({ name }: NamedPolicy, { filter }: RadiusModel['carries']): Named[] {
  return filter === null ? [] : [[filter, name]];
}

/** RFC 3580 section 3.31: Tunnel-Type VLAN (13), Tunnel-Medium-Type IEEE-802 (6), and the number in digits. */
export function vlanAttributes(vlan: number): Named[] {
  return [
    ['Tunnel-Type', 13],
    ['Tunnel-Medium-Type', 6],
    ['Tunnel-Private-Group-Id', String(vlan)],
  ];
}
