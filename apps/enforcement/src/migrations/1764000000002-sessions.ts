import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which session was told last, and ports that were left at points without marks. */
export class Sessions1764000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE interface_states ADD renewed text');
    await queryRunner.query(`ALTER TABLE isolations ADD left_behind text NOT NULL DEFAULT '[]'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE isolations DROP left_behind');
    await queryRunner.query('ALTER TABLE interface_states DROP renewed');
  }
}
