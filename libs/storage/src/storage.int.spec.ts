import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { Column, Entity, PrimaryColumn, type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { createDataSource } from './data-source.store.js';
import { findDrift } from './drift.store.js';
import { migrate } from './migrate.command.js';
import type { Storage } from './options.js';
import { inTransaction } from './transaction.store.js';
import { isTransient } from './transient.js';

@Entity('things')
class ThingEntity {
  @PrimaryColumn('bigint', { generated: 'identity', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  name: string;
}

@Entity('things')
class ChangedThingEntity extends ThingEntity {
  @Column('integer')
  weight: number;
}

class MakeThings1700000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL)',
    );
    await queryRunner.query('CREATE TABLE log (id serial PRIMARY KEY, line text NOT NULL)');
    await queryRunner.query('REVOKE UPDATE, DELETE ON log FROM lazaret_discovery');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE things, log');
  }
}

class Broken1700000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE half (id int)');
    await queryRunner.query('SELECT 1 / 0');
  }

  async down(): Promise<void> {
    // never up
  }
}

const storage: Storage = { schema: 'discovery', entities: [ThingEntity], migrations: [MakeThings1700000000000] };
const name = `storage_${randomBytes(4).toString('hex')}`;
const admin = process.env['DATABASE_URL'] ?? '';
const owner = new URL(admin);
owner.pathname = `/${name}`;
const service = new URL(owner.href);
service.username = 'lazaret_discovery';
service.password = 'o\'reilly\\"';
const request = { ...storage, url: owner.href, password: decodeURIComponent(service.password) };
let dataSource: DataSource;

async function asOwner(url: string, sql: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  await asOwner(admin, `CREATE DATABASE ${name}`);
  await migrate(request);
  dataSource = await createDataSource({ ...storage, url: service.href }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await asOwner(admin, `DROP DATABASE ${name} WITH (FORCE)`);
});

describe('migrate', () => {
  it('runs each migration once, also when several start at the same time', async () => {
    const ran = await Promise.all([migrate(request), migrate(request), migrate(request)]);
    expect(ran.flat()).toEqual([]);
    expect(await asOwner(owner.href, 'SELECT name FROM discovery.migrations')).toHaveLength(1);
  });

  it('leaves nothing of a migration that failed', async () => {
    const broken = { ...request, migrations: [MakeThings1700000000000, Broken1700000000001] };
    await expect(migrate(broken)).rejects.toThrow('division by zero');
    expect(await asOwner(owner.href, `SELECT to_regclass('discovery.half') AS half`)).toEqual([{ half: null }]);
  });

  it('gives the role its rows and sequences, and neither tables nor what a migration took away', async () => {
    await migrate(request); // a later run hands nothing back
    await dataSource.query(`INSERT INTO things (name) VALUES ('a')`);
    await dataSource.query(`INSERT INTO log (line) VALUES ('a')`);
    expect(await dataSource.query('SELECT name FROM things')).toEqual([{ name: 'a' }]);
    await expect(dataSource.query('DELETE FROM log')).rejects.toThrow('permission denied');
    await expect(dataSource.query('CREATE TABLE mine (id int)')).rejects.toThrow('permission denied');
    await expect(dataSource.query('DROP TABLE things')).rejects.toThrow('must be owner');
    await expect(dataSource.query('DELETE FROM migrations')).rejects.toThrow('permission denied');
  });
});

describe('findDrift', () => {
  it('is empty where migrations and entities agree, and names the statement where they do not', async () => {
    const drift = async (entity: Storage['entities'][number]): Promise<string[]> => {
      const source = await createDataSource({ ...storage, entities: [entity], url: owner.href }).initialize();
      const found = await findDrift(source);
      await source.destroy();
      return found;
    };
    expect(await drift(ThingEntity)).toEqual([]);
    expect((await drift(ChangedThingEntity)).join()).toContain('ADD "weight" integer NOT NULL');
  });
});

describe('a connection', () => {
  it('waits for nothing without end', async () => {
    const rows = await dataSource.query<{ name: string; setting: string }[]>(
      `SELECT name, setting FROM pg_settings WHERE name = ANY($1) ORDER BY name`,
      [['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'search_path']],
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      statement_timeout: '15000',
      lock_timeout: '5000',
      idle_in_transaction_session_timeout: '10000',
      search_path: 'discovery',
    });
  });

  it('that dies fails its query as transient, and the next query has a new one', async () => {
    const dying = inTransaction(dataSource, async (manager) => {
      const [row] = await manager.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      await asOwner(owner.href, 'SELECT pg_terminate_backend($1)', [row?.pid]);
      await manager.query('SELECT 1');
    });
    const error: unknown = await dying.catch((fault: unknown) => fault);
    expect(isTransient(error)).toBe(true);
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('that dies while idle in the pool ends nothing', async () => {
    await dataSource.query('SELECT 1');
    await asOwner(
      owner.href,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'lazaret_discovery'`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('isTransient', () => {
  it('holds for a deadlock, a lock time-out and a server that is not there, and not for a wrong statement', async () => {
    const fault = async (sql: string): Promise<unknown> => dataSource.query(sql).catch((error: unknown) => error);
    expect(isTransient(await fault('SELECT 1 / 0'))).toBe(false);
    expect(isTransient(await fault('SELECT nothing'))).toBe(false);
    expect(isTransient(await fault(`DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$`))).toBe(true);
    const nowhere = createDataSource({ ...storage, url: 'postgres://nobody@127.0.0.1:1/none' });
    expect(isTransient(await nowhere.initialize().catch((error: unknown) => error))).toBe(true);
  });
});
