import type { ClientConfig } from 'pg';
import type { DataSourceOptions, EntityTarget, MigrationInterface } from 'typeorm';

export type MigrationClass = new () => MigrationInterface;
export type EntityClass = Extract<EntityTarget<object>, new (...args: never[]) => unknown>;

/** What a service keeps: its schema, its tables and the migrations that made them, in order. */
export interface Storage {
  /** The schema is the service's own; its role is `lazaret_<schema>`. Lower-case letters, digits, underscores. */
  schema: string;
  entities: EntityClass[];
  migrations: MigrationClass[];
}

export interface DataSourceRequest extends Storage {
  url: string;
  /** Connections at most, 10 unless said. */
  poolSize?: number;
  /** Longest statement in ms, 15,000 unless said. */
  statementTimeoutMs?: number;
}

/** pg-pool and node-postgres wait for ever unless told otherwise. In ms. */
const CONNECT_MS = 5_000;
const STATEMENT_MS = 15_000;
const LOCK_MS = 5_000;
const IDLE_IN_TRANSACTION_MS = 10_000;

/** The service's role: it may read and write its schema's rows and nothing else. */
export function roleOf(schema: string): string {
  return `lazaret_${checkedSchema(schema)}`;
}

/** A schema name is put into SQL and into start-up options, so it is checked, not quoted. */
export function checkedSchema(schema: string): string {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(schema))
    throw new Error('a schema is named by a-z, 0-9 and _, at most 41 characters');
  return schema;
}

/**
 * Settings of every connection, pooled or not: `search_path` is the schema, and nothing can wait for ever.
 * `query_timeout` is the client's own limit, for a server that is frozen and can't keep its statement_timeout.
 */
export function connectionSettings(schema: string, statementTimeoutMs = STATEMENT_MS): ClientConfig {
  return {
    options: `-c search_path=${checkedSchema(schema)}`,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: statementTimeoutMs,
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: statementTimeoutMs + 5_000,
    keepAlive: true,
  };
}

/** TypeORM's options for the request. `installExtensions: false`: ids are made in the service. */
export function dataSourceOptions(request: DataSourceRequest): DataSourceOptions {
  return {
    type: 'postgres',
    url: request.url,
    applicationName: `lazaret/${request.schema}`,
    entities: request.entities,
    migrations: request.migrations,
    migrationsTransactionMode: 'each',
    migrationsRun: false,
    synchronize: false,
    dropSchema: false,
    installExtensions: false,
    logging: false,
    poolSize: request.poolSize ?? 10,
    connectTimeoutMS: CONNECT_MS,
    extra: { ...connectionSettings(request.schema, request.statementTimeoutMs), idleTimeoutMillis: 30_000 },
  };
}
