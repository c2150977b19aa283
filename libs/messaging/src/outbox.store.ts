import { topicOf, type LazaretEvent } from '#events';
import type { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import { encode, type OutgoingRecord } from './encode.js';

/** A record of the outbox. */
export interface OutboxRow extends OutgoingRecord {
  id: string;
}

/** The channel that wakes the relay of the schema; the same expression is used by those who call and who listen. */
const CHANNEL_SQL = `'lazaret_outbox_' || current_schema()`;

/**
 * Puts an event into the outbox of the running transaction, for code outside of handlers (commands, timers). It is sent
 * after the commit, in order with the other events of its key, and lost with a rollback. Throws `event-too-large`.
 */
export async function publishInTransaction(manager: EntityManager, event: LazaretEvent): Promise<void> {
  await insertRecord(manager, encode(event, topicOf(event.type)));
}

/** Writes the row and wakes the relay at commit, in one round trip; equal wake-ups of a transaction are one. */
export async function insertRecord(manager: EntityManager, record: OutgoingRecord): Promise<void> {
  await manager.query(
    `INSERT INTO outbox (topic, key, value) VALUES ($1, $2, $3) RETURNING pg_notify(${CHANNEL_SQL}, '')`,
    [record.topic, record.key, record.value],
  );
}

/** Starts listening for wake-ups. */
export async function listenForRows(client: Client): Promise<void> {
  const found = await client.query<{ channel: string }>(`SELECT ${CHANNEL_SQL} AS channel`);
  const channel = found.rows[0]?.channel;
  if (!channel) throw new Error('the connection has no schema');
  await client.query(`LISTEN "${channel}"`);
}

/** Whether this session is now, or was already, the one relay of the schema. The lock ends with the session. */
export async function becomeOwner(client: Client): Promise<boolean> {
  const found = await client.query<{ owner: boolean }>(
    `SELECT pg_try_advisory_lock(hashtextextended(${CHANNEL_SQL}, 0)) AS owner`,
  );
  return found.rows[0]?.owner ?? false;
}

/**
 * The oldest rows that are not yet sent, in order, at most `limit` and about `maxBytes` (but always one): a window
 * over what is there, not beyond a last id, as a lower id may become visible later.
 */
export async function oldestRows(client: Client, limit: number, maxBytes: number): Promise<OutboxRow[]> {
  const found = await client.query<OutboxRow>(
    `SELECT id, topic, key, value
       FROM (SELECT id, topic, key, value, sum(octet_length(value)) OVER (ORDER BY id) - octet_length(value) AS before
               FROM (SELECT * FROM outbox WHERE refused IS NULL ORDER BY id LIMIT $1) AS first) AS sized
      WHERE before < $2
      ORDER BY id`,
    [limit, maxBytes],
  );
  return found.rows;
}

export async function deleteRows(client: Client, rows: readonly OutboxRow[]): Promise<void> {
  await client.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [rows.map(({ id }) => id)]);
}

/** Sets a row aside that the broker will never take. */
export async function refuseRow(client: Client, row: OutboxRow, reason: string): Promise<void> {
  await client.query('UPDATE outbox SET refused = $2 WHERE id = $1', [row.id, reason]);
}
