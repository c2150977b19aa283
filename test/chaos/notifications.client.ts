import { Client } from 'pg';

/** A row that changed in one of the product's tables, as the database told it at commit. */
export interface RowChange {
  table: string;
  at: number;
  row: Record<string, unknown>;
}

const WATCHED = ['orchestrator.quarantines', 'enforcement.attempts'];

/**
 * Hears of rows as they are committed, by triggers that this test puts on the tables: so a kill can follow a commit
 * without a failpoint in the product.
 */
export class Notifications {
  readonly changes: RowChange[] = [];
  private listeners = new Set<(change: RowChange) => void>();

  private constructor(private readonly client: Client) {}

  static async open(databaseUrl: string): Promise<Notifications> {
    const client = new Client({ connectionString: databaseUrl });
    const notifications = new Notifications(client);
    // The database is stopped by a test of its own: what ends then is opened anew by that test.
    client.on('error', () => undefined);
    client.on('notification', ({ payload }) => notifications.take(payload ?? '{}'));
    await client.connect();
    await client.query(
      `CREATE OR REPLACE FUNCTION public.chaos_tell() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         PERFORM pg_notify('chaos', json_build_object('table', TG_TABLE_NAME, 'row',
           (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW)) WHERE length(value::text) < 200))::text);
         RETURN NULL;
       END $$`,
    );
    for (const table of WATCHED) {
      await client.query(
        `CREATE OR REPLACE TRIGGER chaos AFTER INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION public.chaos_tell()`,
      );
    }
    await client.query('LISTEN chaos');
    return notifications;
  }

  /** Resolves at the next change that matches. Ask before what causes it. */
  next(matches: (change: RowChange) => boolean): Promise<RowChange> {
    return new Promise((resolve) => {
      const listener = (change: RowChange): void => {
        if (!matches(change)) return;
        this.listeners.delete(listener);
        resolve(change);
      };
      this.listeners.add(listener);
    });
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  private take(payload: string): void {
    const { table, row } = JSON.parse(payload) as Omit<RowChange, 'at'>;
    const change = { table, row, at: Date.now() };
    this.changes.push(change);
    for (const listener of this.listeners) listener(change);
  }
}
