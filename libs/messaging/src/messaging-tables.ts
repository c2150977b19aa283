import type { QueryRunner } from 'typeorm';
import { InboxEntity } from './inbox.entity.js';
import { OutboxEntity } from './outbox.entity.js';
import { ProgressEntity, ProgressResetEntity } from './progress.entity.js';

/** For the `entities` of a service's data source. */
export const messagingEntities = [ProgressEntity, ProgressResetEntity, InboxEntity, OutboxEntity];

/** Makes the tables of the entities above in the service's schema. For the service's first migration. */
export async function createMessagingTables(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE progress (
      consumer text NOT NULL,
      topic text NOT NULL,
      partition integer NOT NULL,
      next_offset bigint,
      owner_epoch bigint NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (consumer, topic, partition)
    ) WITH (fillfactor = 50)`);
  await queryRunner.query(`
    CREATE TABLE progress_resets (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now(),
      consumer text NOT NULL,
      topic text NOT NULL,
      partition integer NOT NULL,
      from_offset bigint,
      to_offset bigint,
      reason text NOT NULL,
      actor text NOT NULL
    )`);
  await queryRunner.query(`
    CREATE TABLE inbox (
      consumer text NOT NULL,
      event_id text NOT NULL,
      received_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (consumer, event_id)
    )`);
  await queryRunner.query('CREATE INDEX inbox_received_at ON inbox (received_at)');
  await queryRunner.query(`
    CREATE TABLE outbox (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      topic text NOT NULL,
      key text NOT NULL,
      value bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      refused text
    )`);
}

export async function dropMessagingTables(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query('DROP TABLE outbox, inbox, progress_resets, progress');
}
