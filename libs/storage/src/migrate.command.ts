import { Client } from 'pg';
import { fromEnvironment } from '#config';
import { createDataSource } from './data-source.store.js';
import { connectionSettings, type Storage } from './options.js';
import { prepareSchema, protectMigrations } from './roles.store.js';

export interface MigrateRequest extends Storage {
  /** The owner's URL (it may create schemas and roles). Default: env DATABASE_URL. */
  url?: string;
  /** The password that the service's role gets. Default: env LAZARET_DATABASE_PASSWORD. */
  password?: string;
}

/** A migration may rewrite a table, so it gets longer than a request. In ms. */
const STATEMENT_MS = 300_000;
const LOCK_WAIT_MS = 120_000;

/**
 * Makes schema and role if missing and runs the pending migrations, each in a transaction, under an advisory lock: of
 * several at once one works and the others find nothing left to do. Returns the names of those that ran.
 */
export async function migrate(request: MigrateRequest): Promise<string[]> {
  const url = request.url ?? required('DATABASE_URL');
  const password = request.password ?? required('LAZARET_DATABASE_PASSWORD');
  const owner = new Client({ ...connectionSettings('public', STATEMENT_MS), connectionString: url });
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    await owner.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
    await owner.query('SELECT pg_advisory_lock(hashtext($1))', [`lazaret-migrate-${request.schema}`]);
    await prepareSchema(owner, request.schema, password);
    const ran = await runMigrations(request, url);
    await protectMigrations(owner, request.schema);
    return ran;
  } finally {
    await owner.end(); // ends the session and with it the lock
  }
}

async function runMigrations(request: MigrateRequest, url: string): Promise<string[]> {
  const { schema, entities, migrations } = request;
  const dataSource = createDataSource({
    url,
    schema,
    entities,
    migrations,
    poolSize: 2,
    statementTimeoutMs: STATEMENT_MS,
  });
  await dataSource.initialize();
  try {
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map((migration) => migration.name);
  } finally {
    await dataSource.destroy();
  }
}

function required(name: 'DATABASE_URL' | 'LAZARET_DATABASE_PASSWORD'): string {
  const value = fromEnvironment(name);
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
