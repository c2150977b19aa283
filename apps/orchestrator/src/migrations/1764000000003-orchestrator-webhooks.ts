import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which receivers are told what, and what they have not taken yet. */
export class OrchestratorWebhooks1764000000003 implements MigrationInterface {
  name = 'OrchestratorWebhooks1764000000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE webhook_subscriptions (
         name text PRIMARY KEY,
         place bigint NOT NULL,
         delivered bigint NOT NULL,
         failed bigint NOT NULL,
         last_success_at timestamptz,
         last_failure_at timestamptz,
         last_failure text
       )`,
    );
    await queryRunner.query(
      `CREATE TABLE webhook_deliveries (
         subscription text NOT NULL,
         seq bigint NOT NULL,
         attempts integer NOT NULL,
         next_attempt_at timestamptz NOT NULL,
         gives_up_at timestamptz NOT NULL,
         gave_up_at timestamptz,
         failure text,
         PRIMARY KEY (subscription, seq)
       )`,
    );
    await queryRunner.query(
      `CREATE INDEX webhook_deliveries_due ON webhook_deliveries (subscription, next_attempt_at)
         WHERE gave_up_at IS NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE webhook_deliveries, webhook_subscriptions');
  }
}
