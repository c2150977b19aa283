import { openDatabase, type TestDatabase } from '../testing/database.client.js';
import { appendAudit, lockWriter } from './audit.store.js';
import { verifyAudit } from './verify-audit.store.js';

let database: TestDatabase;
const ANN = { name: 'ann', role: 'approver' as const };

beforeAll(async () => {
  database = await openDatabase();
});
beforeEach(async () => {
  await database.reset();
  for (const count of [1, 2, 3, 4, 5]) await add(count);
});
afterAll(() => database.close());

function add(count: number): Promise<number> {
  return database.transaction(async (manager) => {
    await lockWriter(manager);
    return appendAudit(manager, {
      actor: ANN,
      action: 'test',
      subject: `t/${count}`,
      facts: { count },
      at: new Date(),
    });
  });
}

const verify = () => verifyAudit(database.dataSource.manager);

it('verifies what it wrote, also when many write at once', async () => {
  await Promise.all([6, 7, 8, 9, 10].map(add));
  expect(await verify()).toMatchObject({ ok: true, entries: 10 });
});

it.each([
  ['a changed body', `UPDATE audit SET body = '{"count":7,"role":"approver"}' WHERE seq = 3`, 3, 'changed'],
  ['a changed actor', `UPDATE audit SET actor = 'bob' WHERE seq = 2`, 2, 'changed'],
  ['a changed time', `UPDATE audit SET at = at + interval '1 second' WHERE seq = 4`, 4, 'changed'],
  ['a removed entry', 'DELETE FROM audit WHERE seq = 2', 2, 'missing'],
  ['a removed end', 'DELETE FROM audit WHERE seq >= 4', 4, 'missing'],
  ['a removed beginning', 'DELETE FROM audit WHERE seq = 1', 1, 'missing'],
])('sees %s, even by the owner, and names it', async (_, statement, seq, reason) => {
  await database.owner.query(statement);
  expect(await verify()).toEqual({ ok: false, seq, reason });
});

it('sees an entry that was rewritten with a fitting hash of its own', async () => {
  await database.owner.query(`UPDATE audit SET hash = repeat('0', 64) WHERE seq = 5`);
  expect(await verify()).toMatchObject({ ok: false, seq: 5 });
});

it.each(['UPDATE audit SET actor = $$x$$', 'DELETE FROM audit', 'TRUNCATE audit'])(
  'does not let the service say %s',
  async (statement) => {
    await expect(database.dataSource.query(statement)).rejects.toThrow(/permission denied/);
  },
);
