import type { SessionReading } from '#driver';

/** The id by which RADIUS knows a session. */
export interface SessionId {
  kind: 'Acct-Session-Id' | 'audit-session-id';
  value: string;
}

/** Who tells of a switch's live sessions by other means than RADIUS, such as its tables by SNMP. */
export interface SessionSource {
  /** The live sessions of these MACs, read afresh. DriverErrors. */
  read(macs: readonly string[]): Promise<SessionReading[]>;
  /** What RADIUS calls a session that was read; null: its id is one of the table's own. */
  idOf(session: SessionReading): SessionId | null;
  close(): void;
}
