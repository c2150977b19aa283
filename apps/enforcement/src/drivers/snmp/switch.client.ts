import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError } from '#driver';
import type { SnmpPoint } from './config.js';
import { wordsOf, type Write } from './plan-write.js';
import {
  BRIDGE_COLUMNS,
  buildPortTable,
  CISCO_COLUMNS,
  QBRIDGE_COLUMNS,
  TABLE_COLUMNS,
  type PortTable,
  type PortTableFacts,
} from './port-table.js';
import { SnmpClient } from './snmp.client.js';
import * as oids from './wire/oids.js';
import { Walk } from './wire/walk.js';
import { oidOf, outcomeOf, valueOf } from './wire/write.js';

/** How long a switch may take between its yes and the deed, and how often it is asked. */
const SETTLE = { tries: 4, pauseMs: 150 };

/** A switch as the driver uses it: its port table, and one change at a time. */
export class SwitchClient {
  readonly snmp: SnmpClient;
  private readonly begun = new Set<string>();

  constructor(private readonly point: SnmpPoint) {
    this.snmp = new SnmpClient(point.connection);
  }

  /** Everything that planning needs, read afresh. */
  async table(): Promise<PortTable> {
    // A switch that is away is found out by one question, not by thirty.
    await this.snmp.get([oids.SYS_UP_TIME]);
    return buildPortTable(...(await this.walks()));
  }

  /** From now on this port may look half-way, and it is ours. */
  begin(port: string): void {
    this.begun.add(port);
  }

  end(port: string): void {
    this.begun.delete(port);
  }

  async walks(): Promise<[Walk, PortTableFacts, ReadonlyMap<number, Walk> | null]> {
    const facts = { ...this.point, begun: this.begun };
    if (this.point.model !== 'cisco-vmvlan') {
      const variables = await this.snmp.walk([...TABLE_COLUMNS, ...QBRIDGE_COLUMNS]);
      const walk = new Walk(variables);
      if (walk.column(oids.Q_FDB_PORT).length > 0) return [walk, facts, null];
      return [new Walk([...variables, ...(await this.snmp.walk(BRIDGE_COLUMNS))]), facts, null];
    }
    const walk = new Walk(await this.snmp.walk([...TABLE_COLUMNS, ...CISCO_COLUMNS]));
    return [walk, facts, await this.filteringTables(walk)];
  }

  /**
   * Writes one change and reads it back. `bad-answer` where the switch says yes and does nothing; what a SET of two
   * objects does when one fails differs by vendor, so there is only ever one.
   */
  async change(write: Write): Promise<void> {
    const oid = oidOf(write);
    const order = this.point.bitOrder;
    const value = valueOf(write, (await this.snmp.get([oid])).get(oid), order);
    if (!value) throw new DriverError('refused', `the switch's port list is too short: ${wordsOf(write)}`);
    await this.snmp.set(oid, value);
    for (let tries = SETTLE.tries; tries > 0; tries--) {
      const outcome = outcomeOf(write, value, (await this.snmp.get([oid])).get(oid), order);
      if (outcome === 'done') return;
      if (outcome === 'others changed')
        throw new DriverError('changed-by-others', `other ports changed with it, so we stopped: ${wordsOf(write)}`);
      await sleep(SETTLE.pauseMs);
    }
    throw new DriverError('bad-answer', `the switch said yes and did not do it: ${wordsOf(write)}`);
  }

  close(): void {
    this.snmp.close();
  }

  /** Cisco's filtering tables, one for each VLAN that an access port has; null where one can't be read. */
  private async filteringTables(walk: Walk): Promise<ReadonlyMap<number, Walk> | null> {
    const exist = new Set(walk.column(oids.VTP_VLAN_STATE).map(({ index }) => index.at(-1)!));
    const used = [...new Set(walk.byIndex(oids.VM_VLAN).values())].filter((vlan): vlan is number =>
      exist.has(vlan as number),
    );
    const tables = new Map<number, Walk>();
    for (const vlan of used) {
      const inVlan = await this.snmp.inVlan(vlan).walk(BRIDGE_COLUMNS).catch(nullIfDriverError);
      if (!inVlan) return null;
      tables.set(vlan, new Walk(inVlan));
    }
    return tables;
  }
}

function nullIfDriverError(error: unknown): null {
  if (error instanceof DriverError) return null;
  throw error;
}
