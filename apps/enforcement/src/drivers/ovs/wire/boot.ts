/** When the switch was started, as well as it can be told from here: by our clock, between two instants (ms). */
export interface StartWindow {
  earliest: number;
  latest: number;
}

/** Clocks drift against each other and answers take their time; a switch does not restart twice within this. */
const TOLERANCE_MS = 1000;

/** From the age of the bridge, asked between `before` and `after`. */
export function startWindow(uptimeMs: number, before: number, after: number): StartWindow {
  return { earliest: before - uptimeMs, latest: after - uptimeMs };
}

/**
 * The name of the switch's present run. Open vSwitch gives none, and its age, read twice, never gives the same start
 * to the millisecond. So the first one read is kept: in this process, and with our claim on a port, where the next
 * process finds it. A kept name that agrees with the age goes on; otherwise the switch has been restarted since.
 */
export function bootId(kept: readonly (string | null)[], window: StartWindow): string {
  const agrees = (name: string | null): name is string => {
    const at = name === null ? NaN : Date.parse(name);
    return at >= window.earliest - TOLERANCE_MS && at <= window.latest + TOLERANCE_MS;
  };
  return kept.find(agrees) ?? new Date(window.latest).toISOString();
}
