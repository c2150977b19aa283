import type { IseSession } from './session.js';
import type { SessionChange } from './wire/pxgrid.js';

/** More sessions than a hospital has isolated devices; the oldest go first. */
const KEPT = 10_000;

/**
 * What pxGrid has told of the sessions of some MACs since it was connected. MnT is often some seconds behind it, so the
 * newer of both counts, by ISE's own clock. Forgotten when the connection ends, since nobody tells what was missed.
 */
export class SessionCache {
  private readonly last = new Map<string, SessionChange>();

  /** Whether the change is news. */
  take(change: SessionChange): boolean {
    const before = this.last.get(change.mac);
    if (before && before.at >= change.at) return false;
    this.last.delete(change.mac);
    this.last.set(change.mac, change);
    if (this.last.size > KEPT) this.last.delete(this.last.keys().next().value!);
    return true;
  }

  forget(): void {
    this.last.clear();
  }

  /**
   * The session of a MAC: what MnT tells, unless pxGrid has told something later of the same session or of a newer one.
   * The end of another session than MnT's ends nothing.
   */
  merge(mac: string, told: IseSession | null): IseSession | null {
    const change = this.last.get(mac);
    if (!change) return told;
    const toldAt = told?.authenticatedAt ?? null;
    if (toldAt !== null && toldAt >= change.at) return told;
    if (change.session === null) return told?.sessionId === change.sessionId ? null : told;
    // MnT without a session may be behind, or ahead: only that the session was seen later than its end could tell.
    if (told === null) return change.session;
    return { ...change.session, policyNode: told.sessionId === change.sessionId ? told.policyNode : null };
  }
}
