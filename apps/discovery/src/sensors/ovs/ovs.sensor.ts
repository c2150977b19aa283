import { OvsdbClient } from '#ovsdb';
import type { Logger } from '#observability';
import { PROBLEMS, type SensorHealth } from '../sensor-health.js';
import { parseForwardingTable, type ForwardingEntry } from './forwarding-table.js';
import { MONITORED_TABLES, SwitchDatabase, type SwitchPort } from './ports.js';
import { askDaemon } from './unixctl.client.js';

export interface OvsSensorOptions {
  ovsdb: string;
  /** Control socket of the switch's daemon; null: its forwarding table can't be read from here. */
  unixctl: string | null;
  bridge: string;
  health: SensorHealth;
  logger: Logger;
  ports: (ports: SwitchPort[], at: number) => void;
  seen: (entries: ForwardingEntry[], ports: SwitchPort[], at: number) => void;
  /** The switch has answered, and has somewhere to export to: its flow sensor is alive though nothing flows. */
  alive: (at: number) => void;
}

const DATABASE = 'Open_vSwitch';
const KEEP_ALIVE_MS = 1000;
const RECONNECT_MS = 250;

/**
 * Watches an Open vSwitch: ports and links by a monitor of its database, which pushes, and its forwarding table by a
 * question a second, since that table is in no database. Reads only.
 *
 * Keep-alive: each second the daemon that also exports the flows is asked for its table. An answer, while the database
 * shows a collector to export to, says that the exporter had nothing more to tell up to the moment of the question;
 * without it a silent device could not be told from a blind sensor. Where the daemon can't be reached (no control
 * socket) the database's answer stands in for it, which is weaker: the database outlives its daemon.
 */
export class OvsSensor {
  private readonly database = new SwitchDatabase();
  private client: OvsdbClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private isAsking = false;
  private isStopped = false;

  constructor(private readonly options: OvsSensorOptions) {}

  /** Resolves when the ports are known, or after the first try has failed: a switch may come later. */
  async start(): Promise<void> {
    await this.connect();
    this.timer = setInterval(() => void this.ask(), KEEP_ALIVE_MS);
    await this.ask();
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
    clearTimeout(this.reconnect);
    this.client?.close();
  }

  private async connect(): Promise<void> {
    const { ovsdb, health, logger } = this.options;
    try {
      const client = await OvsdbClient.connect(ovsdb, { timeoutMs: 2000, idleMs: 2000 });
      client.once('close', () => this.lost());
      if (this.isStopped) return client.close();
      this.client = client;
      this.database.clear();
      await client.monitor(DATABASE, MONITORED_TABLES, (updates) => {
        this.database.apply(updates);
        this.tellPorts();
      });
      health.set(PROBLEMS.unreachable, false);
      logger.info({ sensor: health.identity.id }, 'switch database connected');
    } catch (err) {
      logger.debug({ err, sensor: health.identity.id }, 'switch database not reachable');
      health.set(PROBLEMS.unreachable, true);
      if (this.client) this.client.close();
      else this.lost();
    }
  }

  /** Ports stay as they were last known: a management link that is down unplugs nobody. */
  private lost(): void {
    this.client = undefined;
    if (this.isStopped) return;
    this.options.health.set(PROBLEMS.unreachable, true);
    clearTimeout(this.reconnect);
    this.reconnect = setTimeout(() => void this.connect(), RECONNECT_MS);
  }

  private tellPorts(): void {
    const now = Date.now();
    this.options.health.record(now, now, false);
    this.options.health.set(PROBLEMS.noExport, !this.database.exports);
    this.options.ports(this.database.portsOf(this.options.bridge), now);
  }

  private async ask(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      const at = Date.now();
      const [answered, heard] = await Promise.all([this.askDatabase(), this.askTable(at)]);
      if (answered) this.options.health.keptAlive(at);
      if (this.database.exports && (this.options.unixctl === null ? answered : heard)) this.options.alive(at);
    } finally {
      this.isAsking = false;
    }
  }

  private async askDatabase(): Promise<boolean> {
    if (!this.client) return false;
    try {
      await this.client.transact(DATABASE, { op: 'select', table: 'Open_vSwitch', where: [], columns: ['cur_cfg'] });
      return true;
    } catch {
      return false;
    }
  }

  private async askTable(at: number): Promise<boolean> {
    const { unixctl, bridge, health } = this.options;
    if (unixctl === null) return false;
    try {
      const { entries, refused } = parseForwardingTable(await askDaemon(unixctl, 'fdb/show', [bridge]));
      for (let count = 0; count < refused; count += 1) health.refused('bad-table-line');
      health.set(PROBLEMS.tableUnreadable, false);
      this.options.seen(entries, this.database.portsOf(bridge), at);
      return true;
    } catch {
      health.set(PROBLEMS.tableUnreadable, true);
      return false;
    }
  }
}
