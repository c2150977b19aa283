import type { EntityManager } from 'typeorm';

/** The stored state of a partition, or null. */
export async function readSnapshot(manager: EntityManager, partition: number): Promise<Buffer | null> {
  const rows = await manager.query<{ bytes: Buffer }[]>('SELECT bytes FROM snapshots WHERE partition = $1', [
    partition,
  ]);
  return rows[0]?.bytes ?? null;
}

/** Replaces a partition's state; call it in the transaction that moves the partition's progress to `nextOffset`. */
export async function writeSnapshot(
  manager: EntityManager,
  partition: number,
  nextOffset: string,
  bytes: Buffer,
): Promise<void> {
  await manager.query(
    `INSERT INTO snapshots (partition, next_offset, bytes) VALUES ($1, $2, $3)
         ON CONFLICT (partition) DO UPDATE SET next_offset = $2, bytes = $3, taken_at = now()`,
    [partition, nextOffset, bytes],
  );
}
