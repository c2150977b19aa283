import type { SessionReading } from '#driver';
import type { Walk } from '../walk.js';

/** One row of a switch's table of authentication sessions, in common words. */
export interface SessionRow {
  mac: string;
  /** The switch's own id; where its table has none, port and MAC, which then outlive a session. */
  sessionId: string;
  /** How the row names its port: by ifIndex, or by the port's name. */
  port: number | string;
  state: SessionReading['state'];
  authorizedBy: SessionReading['authorizedBy'];
  /** null: not told, or none of its own, so that it has the port's. */
  vlan: number | null;
  policy: string | null;
  /** Until it ends or is authenticated again; null: not told. */
  secondsLeft: number | null;
  startedAt: Date | null;
}

/** How one vendor's table is read: the columns to walk, and what their cells say. Rows that can't be read are left out. */
export interface SessionTableFormat {
  columns: readonly string[];
  readonly parse: (walk: Walk, now: Date) => SessionRow[];
}

/** VLAN 0 and what is no VLAN say "none of its own". */
export function vlanOrNone(vlan: number | null): number | null {
  return vlan !== null && vlan >= 1 && vlan <= 4094 ? vlan : null;
}

export function secondsBefore(now: Date, seconds: number | null): Date | null {
  return seconds === null ? null : new Date(now.getTime() - seconds * 1000);
}
