import { Client } from 'pg';
import { createDataSource } from '#storage';
import { storage } from '../data-source.js';
import { openDatabase, type TestDatabase } from '../testing/database.client.js';
import { readLimits, takeLimits } from './limit.store.js';

let database: TestDatabase;
const HOUR = new Date('2026-01-05T08:20:00.000Z');

beforeAll(async () => {
  database = await openDatabase();
});
beforeEach(() => database.reset());
afterAll(() => database.close());

const used = async () => (await readLimits(database.dataSource.manager, HOUR)).map(({ scope, used }) => [scope, used]);

it('lets exactly 3 of 50 connections through a cap of 3', async () => {
  const crowd = createDataSource({ ...storage, url: database.serviceUrl, poolSize: 50 });
  await crowd.initialize();
  const scopes = [
    { scope: 'point/ovs-1', cap: 100 },
    { scope: 'site/north', cap: 3 },
  ];
  const results = await Promise.all(
    Array.from({ length: 50 }, () => crowd.transaction((manager) => takeLimits(manager, scopes, HOUR))),
  );
  await crowd.destroy();
  expect(results.filter((refused) => refused === null)).toHaveLength(3);
  expect(results.filter((refused) => refused === 'site/north')).toHaveLength(47);
  expect(await used()).toEqual([
    ['point/ovs-1', 3],
    ['site/north', 3],
  ]);
}, 60_000);

it('takes nothing of any scope when one is used up, and leaves the rest of the transaction alone', async () => {
  const open = { scope: 'point/ovs-1', cap: 9 };
  const closed = { scope: 'site/north', cap: 0 };
  await database.transaction(async (manager) => {
    await manager.query(`INSERT INTO generations VALUES ('d', 1)`);
    expect(await takeLimits(manager, [open, closed], HOUR)).toBe('site/north');
  });
  expect((await used()).filter(([, count]) => count !== 0)).toEqual([]);
  const client = new Client({ connectionString: database.serviceUrl, options: '-c search_path=orchestrator' });
  await client.connect();
  expect((await client.query('SELECT * FROM generations')).rowCount).toBe(1);
  await client.end();
});

it('counts each hour by itself', async () => {
  const scopes = [{ scope: 'site/north', cap: 1 }];
  const take = (now: Date) => database.transaction((manager) => takeLimits(manager, scopes, now));
  expect(await take(HOUR)).toBeNull();
  expect(await take(new Date('2026-01-05T08:59:59.999Z'))).toBe('site/north');
  expect(await take(new Date('2026-01-05T09:00:00.000Z'))).toBeNull();
});

it('applies a cap that the policy has raised within the hour', async () => {
  const take = (cap: number) =>
    database.transaction((manager) => takeLimits(manager, [{ scope: 'site/north', cap }], HOUR));
  expect([await take(1), await take(1), await take(2)]).toEqual([null, 'site/north', null]);
});
