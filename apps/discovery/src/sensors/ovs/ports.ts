import { atomsOf, numberOf, stringOf, uuidsOf, type Row, type TableUpdates, type Value } from '#ovsdb';

/** A port of the switch as its database describes it now. */
export interface SwitchPort {
  port: string;
  ofport: number | null;
  /** The access VLAN; null for a trunk and for a port without a tag. */
  vlan: number | null;
  trunk: boolean;
  /** The switch's own port, or a patch to another bridge: nobody is plugged in there. */
  inner: boolean;
  linkUp: boolean;
  /** How often the link has changed since the switch started. */
  linkResets: number;
}

export const MONITORED_TABLES = {
  Bridge: { columns: ['name', 'ports'] },
  Port: { columns: ['name', 'tag', 'trunks', 'vlan_mode', 'interfaces'] },
  Interface: { columns: ['name', 'ofport', 'type', 'link_state', 'link_resets'] },
  Flow_Sample_Collector_Set: { columns: ['id'] },
};

/** The rows of the monitored tables, kept up by the monitor's updates (RFC 7047 section 4.1.6). */
export class SwitchDatabase {
  private readonly tables = new Map<string, Map<string, Row>>();

  apply(updates: TableUpdates): void {
    for (const [name, rows] of Object.entries(updates)) {
      const table = this.table(name);
      for (const [id, row] of Object.entries(rows)) {
        if (row.new) table.set(id, row.new);
        else table.delete(id);
      }
    }
  }

  clear(): void {
    this.tables.clear();
  }

  /** True while the switch has somewhere to send the records of `sample` actions. */
  get exports(): boolean {
    return this.table('Flow_Sample_Collector_Set').size > 0;
  }

  portsOf(bridge: string): SwitchPort[] {
    const row = [...this.table('Bridge').values()].find(({ name }) => name === bridge);
    const ports = this.rows('Port', row?.['ports']);
    return ports.map((port) => this.portOf(port)).filter((port) => port !== undefined);
  }

  private rows(table: string, references: Value | undefined): Row[] {
    const rows = uuidsOf(references).map((id) => this.table(table).get(id));
    return rows.filter((row) => row !== undefined);
  }

  private portOf(row: Row): SwitchPort | undefined {
    const port = stringOf(row['name']);
    // A bond has several interfaces and leads to another switch.
    const interfaces = this.rows('Interface', row['interfaces']);
    const [first] = interfaces;
    if (port === null || !first) return undefined;
    const mode = stringOf(row['vlan_mode']);
    const vlan = numberOf(row['tag']);
    const trunk = interfaces.length > 1 || atomsOf(row['trunks']).length > 0 || (mode !== null && mode !== 'access');
    const type = stringOf(first['type']);
    return {
      port,
      ofport: numberOf(first['ofport']),
      vlan: trunk ? null : vlan,
      trunk,
      inner: type === 'internal' || type === 'patch',
      // Empty where the kind of interface has no link to lose.
      linkUp: stringOf(first['link_state']) !== 'down',
      linkResets: numberOf(first['link_resets']) ?? 0,
    };
  }

  private table(name: string): Map<string, Row> {
    const known = this.tables.get(name);
    if (known) return known;
    const made = new Map<string, Row>();
    this.tables.set(name, made);
    return made;
  }
}
