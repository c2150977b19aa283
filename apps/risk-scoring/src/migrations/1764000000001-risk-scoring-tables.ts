import { createMessagingTables, dropMessagingTables } from '#messaging';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RiskScoringTables1764000000001 implements MigrationInterface {
  name = 'RiskScoringTables1764000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createMessagingTables(queryRunner);
    await queryRunner.query(`
      CREATE TABLE snapshots (
        partition integer PRIMARY KEY,
        next_offset bigint NOT NULL,
        bytes bytea NOT NULL,
        taken_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`
      CREATE TABLE contexts (
        kind text NOT NULL,
        key text NOT NULL,
        body text NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (kind, key)
      )`);
    await queryRunner.query(`
      CREATE TABLE evidence (
        evidence_id text PRIMARY KEY,
        device_id text NOT NULL,
        observation_id text NOT NULL,
        sensor_id text NOT NULL,
        detector text NOT NULL,
        family text NOT NULL,
        trust_domain text NOT NULL,
        binding text NOT NULL,
        authenticated boolean NOT NULL,
        decibans double precision NOT NULL,
        half_life_seconds integer NOT NULL,
        why text NOT NULL,
        at timestamptz NOT NULL
      )`);
    await queryRunner.query('CREATE INDEX evidence_device ON evidence (device_id, at)');
    await queryRunner.query('CREATE INDEX evidence_at ON evidence (at)');
    await queryRunner.query(`
      CREATE TABLE assessments (
        device_id text PRIMARY KEY,
        assessment_id text NOT NULL,
        as_of_epoch bigint NOT NULL,
        as_of_partition integer NOT NULL,
        as_of_offset bigint NOT NULL,
        level text NOT NULL,
        log_odds double precision NOT NULL,
        at timestamptz NOT NULL,
        body text NOT NULL
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE assessments, evidence, contexts, snapshots');
    await dropMessagingTables(queryRunner);
  }
}
