import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Enforcement points as they are reported, and the drills that people ask for. */
export class OrchestratorPoints1764000000004 implements MigrationInterface {
  name = 'OrchestratorPoints1764000000004';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE points (
         point_id text PRIMARY KEY,
         body text NOT NULL,
         reported_at timestamptz NOT NULL,
         received_at timestamptz NOT NULL
       )`,
    );
    await queryRunner.query(
      `CREATE TABLE drills (
         drill_id text PRIMARY KEY,
         point_id text NOT NULL,
         requested_by text NOT NULL,
         reason text NOT NULL,
         port text,
         mac macaddr,
         mode text,
         requested_at timestamptz NOT NULL,
         expires_at timestamptz NOT NULL,
         state text NOT NULL DEFAULT 'asked',
         findings text NOT NULL DEFAULT '[]',
         ended_at timestamptz
       )`,
    );
    await queryRunner.query('CREATE INDEX drills_point ON drills (point_id, requested_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE drills, points');
  }
}
