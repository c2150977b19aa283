import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { topicSchemas, type LazaretEvent, type Topic } from '#events';
import { createDataSource, inTransaction, migrate } from '#storage';
import { storage } from '../data-source.js';

const PASSWORD = 'for-tests-only';

/** A migrated database of its own, seen as the service (`dataSource`) and as the owner (`owner`). */
export interface TestDatabase {
  serviceUrl: string;
  dataSource: DataSource;
  owner: Client;
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** What waits in the outbox, oldest first, read as another reader of the topic would. */
  published(): Promise<LazaretEvent[]>;
  /** As after the migrations: no rows but settings and the audit's head. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function openDatabase(poolSize = 10): Promise<TestDatabase> {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set');
  const name = `orchestrator_${randomBytes(4).toString('hex')}`;
  const server = new Client({ connectionString: url });
  await server.connect();
  await server.query(`CREATE DATABASE ${name}`);
  const ownerUrl = withPath(url, name);
  await migrate({ ...storage, url: ownerUrl, password: PASSWORD });
  const serviceUrl = withUser(ownerUrl, 'lazaret_orchestrator', PASSWORD);
  const dataSource = createDataSource({ ...storage, url: serviceUrl, poolSize });
  await dataSource.initialize();
  const owner = new Client({ connectionString: ownerUrl, options: '-c search_path=orchestrator' });
  await owner.connect();
  const close = async () => {
    await dataSource.destroy();
    await owner.end();
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  };
  return {
    serviceUrl,
    dataSource,
    owner,
    transaction: (work) => inTransaction(dataSource, work),
    published: () => published(owner),
    reset: () => reset(owner),
    close,
  };
}

async function published(owner: Client): Promise<LazaretEvent[]> {
  const { rows } = await owner.query<{ topic: Topic; value: Buffer }>('SELECT topic, value FROM outbox ORDER BY id');
  return rows.map(({ topic, value }) => topicSchemas[topic].parse(JSON.parse(value.toString())));
}

async function reset(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'orchestrator'
       AND table_name NOT IN ('migrations', 'settings', 'audit_head')`,
  );
  await owner.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')}`);
  await owner.query(`UPDATE settings SET epoch = 1, kill_switch = false; UPDATE audit_head SET seq = 0, hash = ''`);
}

function withPath(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function withUser(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.href;
}
