import type { DriverProfile } from '#driver';

/** What a drill has measured at a point. null: could not be measured there. */
export interface Measured {
  order: DriverProfile['order'] | null;
  interruption: DriverProfile['interruption'] | null;
  direction: DriverProfile['direction'] | null;
  covers: DriverProfile['covers'] | null;
}

/**
 * The profile that planning goes by: what the driver says, with what a drill of this very point has shown. What the drill
 * could not measure keeps the driver's word only if that is confirmed elsewhere; otherwise it counts as its worst value.
 */
export function effectiveProfile(said: DriverProfile, drilled: Measured | null): DriverProfile {
  if (!drilled) return said;
  const known = said.confirmed;
  return {
    ...said,
    order: drilled.order ?? (known ? said.order : 'break-before-make'),
    interruption: drilled.interruption ?? (known ? said.interruption : 'break'),
    direction: drilled.direction ?? (known ? said.direction : 'from-device'),
    covers: drilled.covers ?? (known ? said.covers : 'ipv4'),
    stateful: known && said.stateful,
    perSession: known && said.perSession,
    confirmed: true,
  };
}
