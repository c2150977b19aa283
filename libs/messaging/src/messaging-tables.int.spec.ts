import { findDrift } from '#storage';
import { BenchDatabase } from './testing/bench.client.js';

it('the messaging tables are what their entities say', async () => {
  const database = await BenchDatabase.create();
  const dataSource = await database.dataSource(database.ownerUrl);
  expect(await findDrift(dataSource)).toEqual([]);
  await dataSource.undoLastMigration();
  expect(await database.look(`SELECT to_regclass('outbox') AS outbox, to_regclass('progress') AS progress`)).toEqual([
    { outbox: null, progress: null },
  ]);
  await database.drop();
});
