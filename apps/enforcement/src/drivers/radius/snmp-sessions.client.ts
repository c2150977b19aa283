import type { SessionReading } from '#driver';
import { SessionTable } from '../snmp/session-table.client.js';
import type { RadiusPoint } from './config.js';
import type { SessionId, SessionSource } from './session-source.js';

type SnmpSessions = Extract<RadiusPoint['sessions'], { from: 'snmp' }>;

/** A switch's own session table by SNMP: what a CoA has led to, read from the one who had to carry it out. */
export class SnmpSessionSource implements SessionSource {
  private readonly table: SessionTable;

  constructor(
    { id, quarantineVlan }: Pick<RadiusPoint, 'id' | 'quarantineVlan'>,
    private readonly sessions: SnmpSessions,
  ) {
    this.table = new SessionTable(sessions.connection, sessions.table, { switch: id, quarantineVlan });
  }

  read(macs: readonly string[]): Promise<SessionReading[]> {
    return this.table.read(macs);
  }

  /** Cisco's index is the audit-session-id. The other tables' ids are not what accounting calls the session. */
  idOf({ sessionId }: SessionReading): SessionId | null {
    return this.sessions.table === 'cisco' ? { kind: 'audit-session-id', value: sessionId } : null;
  }

  close(): void {
    this.table.close();
  }
}
