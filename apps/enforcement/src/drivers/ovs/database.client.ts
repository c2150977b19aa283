import type { Logger } from '#observability';
import { DriverError } from '#driver';
import { numberOf, OvsdbClient, OvsdbError, set, map, type Operation, type Row } from '#ovsdb';
import { faultOfDatabase, type Intent } from './wire/faults.js';
import { PORT_COLUMNS, portRows } from './wire/port-table.js';
import type { PortRow, RowChange } from './wire/port-row.js';

const DATABASE = 'Open_vSwitch';

/** The bridge's configuration in OVSDB. One connection, made when it is needed and made again after it was lost. */
export class DatabaseClient {
  private connection: Promise<OvsdbClient> | null = null;

  constructor(
    private readonly remote: string,
    private readonly bridge: string,
    private readonly timeoutMs: number,
    private readonly logger: Logger | undefined,
  ) {}

  /** The bridge's ports, all from one moment. */
  async ports(): Promise<PortRow[]> {
    const [bridges, ports, interfaces] = await this.transact(
      'read',
      { op: 'select', table: 'Bridge', where: [['name', '==', this.bridge]], columns: ['ports'] },
      { op: 'select', table: 'Port', where: [], columns: ['_uuid', 'name', 'interfaces', ...PORT_COLUMNS] },
      { op: 'select', table: 'Interface', where: [], columns: ['_uuid', 'link_state'] },
    );
    const bridge = bridges?.rows?.[0];
    if (!bridge) throw new DriverError('refused', `the switch has no bridge ${this.bridge}`);
    return portRows(bridge, ports?.rows ?? [], interfaces?.rows ?? []);
  }

  /**
   * Writes rows if they are still as they were read, all or none; resolves when the switch has applied it. False:
   * somebody has changed one in between, and nothing was written.
   */
  async change(changes: readonly RowChange[]): Promise<boolean> {
    const operations = changes.flatMap(compareAndSet);
    const movesPort = changes.some(({ row, tag, protected: locked }) => tag !== row.tag || locked !== row.protected);
    const apply: Operation[] = [
      { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1]] },
      { op: 'select', table: 'Open_vSwitch', where: [], columns: ['next_cfg'] },
    ];
    try {
      const results = await this.transact('write', ...operations, ...(movesPort ? apply : []));
      if (movesPort) await this.applied(numberOf(results.at(-1)?.rows?.[0]?.['next_cfg']) ?? 0);
      return true;
    } catch (error) {
      const cause = error instanceof DriverError ? error.cause : undefined;
      if (cause instanceof OvsdbError && cause.serverError === 'timed out') return false;
      throw error;
    }
  }

  close(): void {
    const connection = this.connection;
    this.connection = null;
    void connection?.then(
      (client) => client.close(),
      () => undefined,
    );
  }

  /** The switch copies `next_cfg` to `cur_cfg` when all that was configured up to then is in force. */
  private async applied(config: number): Promise<void> {
    const client = await this.connected('write');
    let done: () => void = () => undefined;
    let failed: (error: DriverError) => void = () => undefined;
    const reached = new Promise<void>((resolve, reject) => {
      done = resolve;
      failed = reject;
    });
    const late = (): void =>
      failed(new DriverError('no-answer', 'the switch has not applied its configuration in time'));
    const timer = setTimeout(late, this.timeoutMs);
    client.once('close', late);
    try {
      const columns = { Open_vSwitch: { columns: ['cur_cfg'] } };
      const following = client.monitor(DATABASE, columns, (updates) => {
        const rows = Object.values(updates['Open_vSwitch'] ?? {});
        if (rows.some(({ new: row }) => (numberOf(row?.['cur_cfg']) ?? 0) >= config)) done();
      });
      await Promise.all([reached, following]);
      await (await following).cancel();
    } catch (error) {
      throw faultOfDatabase(error, 'write');
    } finally {
      clearTimeout(timer);
      client.off('close', late);
    }
  }

  private async transact(intent: Intent, ...operations: Operation[]): ReturnType<OvsdbClient['transact']> {
    const kept = this.connection;
    const client = await this.connected(intent);
    try {
      return await client.transact(DATABASE, ...operations);
    } catch (error) {
      // A connection that was kept may have died unseen. A read changes nothing, so it is made again on a new one.
      const lost = error instanceof OvsdbError && error.code !== 'refused';
      if (lost && kept !== null && intent === 'read') return this.transact(intent, ...operations);
      throw faultOfDatabase(error, intent);
    }
  }

  private async connected(intent: Intent): Promise<OvsdbClient> {
    this.connection ??= this.connect();
    try {
      return await this.connection;
    } catch (error) {
      this.connection = null;
      throw faultOfDatabase(error, intent);
    }
  }

  private async connect(): Promise<OvsdbClient> {
    const { timeoutMs, logger } = this;
    const client = await OvsdbClient.connect(this.remote, { timeoutMs, ...(logger && { logger }) });
    client.once('close', () => (this.connection = null));
    return client;
  }
}

function compareAndSet({ row, tag, protected: locked, externalIds }: RowChange): Operation[] {
  const where: [string, '==', Row[string]][] = [['_uuid', '==', ['uuid', row.uuid]]];
  const asRead = { tag: optional(row.tag), protected: row.protected, external_ids: map(row.externalIds) };
  const columns = Object.keys(asRead);
  return [
    { op: 'wait', table: 'Port', where, columns, until: '==', rows: [asRead], timeout: 0 },
    {
      op: 'update',
      table: 'Port',
      where,
      row: { tag: optional(tag), protected: locked, external_ids: map(externalIds) },
    },
  ];
}

function optional(value: number | null): Row[string] {
  return set(value === null ? [] : [value]);
}
