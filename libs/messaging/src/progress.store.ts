import type { DataSource, EntityManager } from 'typeorm';
import { inTransaction } from '#storage';
import type { Position } from './caught-up.js';
import type { Claim, TopicPartition } from './claim.js';
import { MessagingError } from './errors.js';

interface ClaimedRow {
  topic: string;
  partition: number;
  next_offset: string;
  owner_epoch: string;
}

/**
 * Takes partitions over: bumps each owner epoch, so that a former owner's step can't commit any more, and gives the
 * stored next offset; `start` where nothing is stored. Waits for a step that is committing right now.
 */
export async function claimPartitions(
  dataSource: DataSource,
  consumer: string,
  wanted: readonly (TopicPartition & { start: bigint })[],
): Promise<Claim[]> {
  // Sorted, so that two claimers take the row locks in one order.
  const sorted = [...wanted].sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
  const rows = await inTransaction(dataSource, (manager) =>
    manager.query<ClaimedRow[]>(
      `INSERT INTO progress AS p (consumer, topic, partition, next_offset, owner_epoch)
       SELECT $1, topic, partition, start, 1
         FROM unnest($2::text[], $3::int[], $4::bigint[]) AS wanted (topic, partition, start)
           ON CONFLICT (consumer, topic, partition) DO UPDATE
          SET owner_epoch = p.owner_epoch + 1, updated_at = now(),
              next_offset = coalesce(p.next_offset, excluded.next_offset)
       RETURNING topic, partition, next_offset, owner_epoch`,
      [consumer, sorted.map((w) => w.topic), sorted.map((w) => w.partition), sorted.map((w) => w.start.toString())],
    ),
  );
  return rows.map((row) => ({
    consumer,
    topic: row.topic,
    partition: row.partition,
    ownerEpoch: BigInt(row.owner_epoch),
    next: BigInt(row.next_offset),
    valid: true,
  }));
}

/**
 * Moves the progress within a step's transaction, if it is still ours and still where we believe it to be. Throws
 * `fenced` otherwise, and with it ends the transaction. The claim itself is moved by the caller, after the commit.
 */
export async function moveProgress(manager: EntityManager, claim: Claim, to: bigint): Promise<void> {
  const result = await manager.query<[unknown[], number]>(
    `UPDATE progress SET next_offset = $5, updated_at = now()
      WHERE consumer = $1 AND topic = $2 AND partition = $3 AND owner_epoch = $4 AND next_offset = $6`,
    [claim.consumer, claim.topic, claim.partition, claim.ownerEpoch.toString(), to.toString(), claim.next.toString()],
  );
  if (result[1] !== 1) throw fenced(claim);
}

/** As `moveProgress`, from wherever it is, back too: for a consumer whose progress follows its snapshots. */
export async function moveOwnedProgress(manager: EntityManager, claim: Claim, to: bigint): Promise<void> {
  const result = await manager.query<[unknown[], number]>(
    `UPDATE progress SET next_offset = $5, updated_at = now()
      WHERE consumer = $1 AND topic = $2 AND partition = $3 AND owner_epoch = $4`,
    [claim.consumer, claim.topic, claim.partition, claim.ownerEpoch.toString(), to.toString()],
  );
  if (result[1] !== 1) throw fenced(claim);
}

/** How far the whole group has come, whoever owns what. */
export async function readProgress(dataSource: DataSource, consumer: string): Promise<Position[]> {
  const rows = await dataSource.query<{ topic: string; partition: number; next_offset: string }[]>(
    'SELECT topic, partition, next_offset FROM progress WHERE consumer = $1 AND next_offset IS NOT NULL',
    [consumer],
  );
  return rows.map((row) => ({ topic: row.topic, partition: row.partition, next: BigInt(row.next_offset) }));
}

export interface ResetRequest extends TopicPartition {
  /** The consumer group: the service's name. */
  consumer: string;
  /** Where to go on; null: at the start of the log. */
  to: bigint | null;
  reason: string;
  actor: string;
}

/** Moves a partition's progress by a person's word, fences its owner and keeps who did it and why. */
export async function writeReset(dataSource: DataSource, request: ResetRequest): Promise<{ from: bigint | null }> {
  return inTransaction(dataSource, async (manager) => {
    const place = [request.consumer, request.topic, request.partition];
    const rows = await manager.query<{ next_offset: string | null }[]>(
      'SELECT next_offset FROM progress WHERE consumer = $1 AND topic = $2 AND partition = $3 FOR UPDATE',
      place,
    );
    const row = rows[0];
    if (!row) throw new Error('no progress is stored for this consumer, topic and partition');
    const to = request.to?.toString() ?? null;
    await manager.query(
      `UPDATE progress SET next_offset = $4, owner_epoch = owner_epoch + 1, updated_at = now()
        WHERE consumer = $1 AND topic = $2 AND partition = $3`,
      [...place, to],
    );
    await manager.query(
      `INSERT INTO progress_resets (consumer, topic, partition, from_offset, to_offset, reason, actor)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [...place, row.next_offset, to, request.reason, request.actor],
    );
    return { from: row.next_offset === null ? null : BigInt(row.next_offset) };
  });
}

function fenced(claim: Claim): MessagingError {
  return new MessagingError('fenced', `${claim.topic}/${claim.partition} has a newer owner or another position`);
}
