import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What drills have shown of points, the drills themselves, and who reports which point. */
export class Points1764000000003 implements MigrationInterface {
  name = 'Points1764000000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE point_profiles (
        point_id text PRIMARY KEY,
        model text NOT NULL,
        fingerprint text NOT NULL,
        measured text NOT NULL,
        drill_id text NOT NULL,
        drilled_by text NOT NULL,
        drilled_at timestamptz NOT NULL
      )`);
    await queryRunner.query(`
      CREATE TABLE point_reporters (point_id text PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL)`);
    await queryRunner.query(`
      CREATE TABLE point_drills (
        drill_id text PRIMARY KEY,
        point_id text NOT NULL,
        body text NOT NULL,
        state text NOT NULL,
        written text,
        findings text NOT NULL DEFAULT '[]',
        received_at timestamptz NOT NULL,
        holder text,
        leased_until timestamptz,
        ended_at timestamptz
      )`);
    await queryRunner.query('CREATE INDEX point_drills_open ON point_drills (received_at) WHERE ended_at IS NULL');
    await queryRunner.query('CREATE INDEX point_drills_point ON point_drills (point_id, received_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE point_drills, point_reporters, point_profiles');
  }
}
