import type { SessionReading } from '#driver';
import type { SnmpConnection } from './config.js';
import { SnmpClient } from './snmp.client.js';
import { sessionFormats, type SessionTableKind } from './wire/sessions/formats.js';
import type { SessionRow } from './wire/sessions/row.js';
import { IF_NAME } from './wire/oids.js';
import { asText, Walk } from './wire/walk.js';

/** What the table itself can't tell. */
export interface SessionTableContext {
  /** The switch, as discovery names it. */
  switch: string | null;
  /** A session in this VLAN carries an isolation of ours. */
  quarantineVlan: number | null;
}

/**
 * A switch's own table of authentication sessions, read over SNMP: what RADIUS's answers have led to. A server's yes that
 * the switch could not apply reads as `failed`, and one that no server gave as `critical`.
 */
export class SessionTable {
  private readonly client: SnmpClient;

  constructor(
    connection: SnmpConnection | SnmpClient,
    private readonly kind: SessionTableKind,
    private readonly context: SessionTableContext = { switch: null, quarantineVlan: null },
  ) {
    this.client = connection instanceof SnmpClient ? connection : new SnmpClient(connection);
  }

  /** The sessions of these MACs (lower case with colons). Errors are DriverErrors. */
  async read(macs: readonly string[]): Promise<SessionReading[]> {
    const rows = (await this.rows()).filter(({ mac }) => macs.includes(mac));
    const names = await this.portNames(rows);
    return rows.map((row) => ({
      mac: row.mac,
      sessionId: row.sessionId,
      switch: this.context.switch,
      port: typeof row.port === 'string' ? row.port : (names.get(row.port) ?? null),
      state: row.state,
      authorizedBy: row.authorizedBy,
      vlan: row.vlan,
      policy: row.policy,
      isolated: row.vlan !== null && row.vlan === this.context.quarantineVlan,
      startedAt: row.startedAt,
    }));
  }

  /** Every session of the switch, with what `SessionReading` has no room for, such as the time that is left. */
  async rows(): Promise<SessionRow[]> {
    const { columns, parse } = sessionFormats[this.kind];
    return parse(new Walk(await this.client.walk(columns)), new Date());
  }

  close(): void {
    this.client.close();
  }

  private async portNames(rows: SessionRow[]): Promise<Map<number, string>> {
    const indexes = [...new Set(rows.flatMap(({ port }) => (typeof port === 'number' ? [port] : [])))];
    if (indexes.length === 0) return new Map();
    const walk = await this.client.get(indexes.map((index) => `${IF_NAME}.${index}`));
    return new Map(
      indexes.flatMap((index) => {
        const name = asText(walk.get(`${IF_NAME}.${index}`));
        return name === '' ? [] : [[index, name]];
      }),
    );
  }
}
