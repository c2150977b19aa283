import type { DeviceChanged, SeenPlan } from '#events';
import type { Policy } from '../policy/policy.js';

/** A scope that counts isolations, and how many it may have an hour. */
export interface Scope {
  scope: string;
  cap: number;
}

/** The scopes that an isolation counts in, in the one order in which everybody takes them. */
export function scopesOf(
  limits: Policy['limits'],
  device: Pick<DeviceChanged['data'], 'site' | 'ward' | 'modality'>,
  plan: Pick<SeenPlan['data'], 'interfaces'>,
): Scope[] {
  const { site, ward, modality } = device;
  const points = [...new Set(plan.interfaces.map(({ pointId }) => pointId))];
  const scopes: Scope[] = [
    { scope: `site/${site}`, cap: limits.site },
    ...(ward === '' ? [] : [{ scope: `ward/${site}/${ward}`, cap: limits.ward }]),
    ...(modality === '' ? [] : [{ scope: `modality/${site}/${modality}`, cap: limits.modality }]),
    ...points.map((point) => ({ scope: `point/${point}`, cap: limits.point })),
  ];
  return scopes.sort((a, b) => (a.scope < b.scope ? -1 : 1));
}

const HOUR_MS = 3_600_000;

/** The start of the hour that a moment lies in. Windows are whole hours, so two neighbouring ones never overlap. */
export function windowOf(now: Date): Date {
  return new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
}
