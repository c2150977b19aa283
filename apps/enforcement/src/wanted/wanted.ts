import type { Permit, WantedIsolation, WantedPreview } from '#events';

/** The wanted state of a device's network access, or the request for a plan of it. */
export type Wanted = WantedIsolation['data'] | WantedPreview['data'];
export type Isolation = WantedIsolation['data'];
export type Preview = WantedPreview['data'];
export type { Permit };

/** What orders two wishes for one device: the epoch grows when a database was restored, the generation with each decision. */
export interface Age {
  epoch: number;
  generation: number;
}

/** Below 0: `a` is older. 0: the same wish. */
export function compareAge(a: Age, b: Age): number {
  return a.epoch - b.epoch || a.generation - b.generation;
}
