import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { isConnectionLost } from './transient.js';

/**
 * One transaction on one pooled connection. Unlike `dataSource.transaction` a connection that broke on the way is
 * destroyed, not given back, and an error of the rollback never hides the first one.
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    const result = await work(runner.manager);
    await runner.commitTransaction();
    await runner.release();
    return result;
  } catch (error) {
    await giveUp(runner, error);
    throw error;
  }
}

async function giveUp(runner: QueryRunner, error: unknown): Promise<void> {
  if (isConnectionLost(error)) return destroy(runner, error);
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
  } catch (second) {
    await destroy(runner, second);
  }
}

/** TypeORM's public `release` would put the connection back into the pool, where the next user would meet its fault. */
async function destroy(runner: QueryRunner, error: unknown): Promise<void> {
  const inner = runner as QueryRunner & { releasePostgresConnection?: (error: unknown) => Promise<void> };
  if (inner.releasePostgresConnection) await inner.releasePostgresConnection(error).catch(() => undefined);
  else await runner.release().catch(() => undefined);
}
