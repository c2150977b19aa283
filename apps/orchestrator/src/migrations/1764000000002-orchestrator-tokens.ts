import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The bearer tokens of people and programs. A name is borne by one token that is not revoked. */
export class OrchestratorTokens1764000000002 implements MigrationInterface {
  name = 'OrchestratorTokens1764000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE tokens (
         id text PRIMARY KEY,
         name text NOT NULL,
         role text NOT NULL,
         secret_hash text NOT NULL,
         created_at timestamptz NOT NULL,
         expires_at timestamptz NOT NULL,
         revoked_at timestamptz
       )`,
    );
    await queryRunner.query('CREATE UNIQUE INDEX tokens_name ON tokens (name) WHERE revoked_at IS NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE tokens');
  }
}
