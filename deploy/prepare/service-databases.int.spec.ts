import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import pg from 'pg';
import { repositoryRoot } from '../local/repository.js';
import { SERVICES, serviceUrl } from './service-databases.js';

const run = promisify(execFile);
const dist = join(repositoryRoot(), 'dist');
const name = `prepare_${process.pid}`;
const password = "it's-a:secret";
const owner = new URL(process.env['DATABASE_URL'] ?? '');
const prepared = new URL(owner);
prepared.pathname = `/${name}`;

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const prepare = () =>
  run(process.execPath, [join(dist, 'deploy/prepare/main.js')], {
    env: { ...process.env, DATABASE_URL: prepared.href, LAZARET_DATABASE_PASSWORD: password },
  });

describe('preparing the databases of all services', () => {
  beforeAll(() => query(owner.href, `CREATE DATABASE ${name}`));
  afterAll(() => query(owner.href, `DROP DATABASE ${name} WITH (FORCE)`));

  it('makes a schema that each service opens as its own role, and may run again', async () => {
    expect((await prepare()).stdout).toMatch(/databases ready\n$/);
    expect((await prepare()).stdout).toBe('databases ready\n');
    for (const service of SERVICES) {
      const schema = service.replace('-', '_');
      const url = serviceUrl(prepared.href, `lazaret_${schema}`, password);
      const tables = await query(url, `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = '${schema}'`);
      expect(tables[0]?.['n']).toBeGreaterThan(2);
      const other = service === 'discovery' ? 'orchestrator' : 'discovery';
      await expect(query(url, `SELECT * FROM ${other}.migrations`)).rejects.toThrow(/permission denied/);
    }
  });

  it('leaves tables that are exactly what the entities say', async () => {
    const files = SERVICES.map((service) => join(dist, 'apps', service, 'src/data-source.js'));
    const env = { ...process.env, DATABASE_URL: prepared.href };
    const { stdout } = await run(process.execPath, [join(dist, 'libs/storage/src/check-drift.command.js'), ...files], {
      env,
    });
    expect(stdout.trimEnd().split('\n')).toEqual(files.map((file) => `${file}: no drift`));
  });
});
