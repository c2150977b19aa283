import { createMessagingTables, dropMessagingTables } from '#messaging';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DiscoveryTables1764000000001 implements MigrationInterface {
  name = 'DiscoveryTables1764000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createMessagingTables(queryRunner);
    await queryRunner.query(`
      CREATE TABLE ipfix_templates (
        exporter text NOT NULL,
        domain bigint NOT NULL,
        template_id integer NOT NULL,
        template text NOT NULL,
        heard_at timestamptz NOT NULL,
        PRIMARY KEY (exporter, domain, template_id)
      )`);
    await queryRunner.query(`
      CREATE TABLE sequences (
        sensor_id text NOT NULL,
        source text NOT NULL,
        position text NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (sensor_id, source)
      )`);
    await queryRunner.query(`
      CREATE TABLE assets (
        site text NOT NULL,
        realm text NOT NULL,
        asset text NOT NULL,
        device_id text NOT NULL,
        declared text NOT NULL,
        declared_at timestamptz NOT NULL,
        PRIMARY KEY (site, realm, asset)
      )`);
    await queryRunner.query('CREATE UNIQUE INDEX assets_device ON assets (device_id)');
    await queryRunner.query(`
      CREATE TABLE devices (
        device_id text PRIMARY KEY,
        site text NOT NULL,
        realm text NOT NULL,
        asset text,
        occupies_point text,
        occupies_port text,
        description text NOT NULL,
        revision bigint NOT NULL DEFAULT 0,
        published text,
        created_at timestamptz NOT NULL
      )`);
    await queryRunner.query(`
      CREATE TABLE interfaces (
        site text NOT NULL,
        realm text NOT NULL,
        mac macaddr NOT NULL,
        device_id text NOT NULL,
        addressing text NOT NULL,
        PRIMARY KEY (site, realm, mac)
      )`);
    await queryRunner.query('CREATE INDEX interfaces_device ON interfaces (device_id)');
    await queryRunner.query(`
      CREATE TABLE addresses (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        site text NOT NULL,
        realm text NOT NULL,
        mac macaddr NOT NULL,
        address inet NOT NULL,
        during tstzrange NOT NULL,
        told_by text NOT NULL
      )`);
    await queryRunner.query(
      'CREATE UNIQUE INDEX addresses_now ON addresses (site, realm, mac) WHERE upper_inf(during)',
    );
    await queryRunner.query(`
      CREATE TABLE attachments (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        site text NOT NULL,
        realm text NOT NULL,
        mac macaddr NOT NULL,
        point_id text NOT NULL,
        port text NOT NULL,
        vlan integer,
        since timestamptz NOT NULL,
        until timestamptz,
        told_by text NOT NULL,
        lost_at timestamptz,
        link_resets bigint NOT NULL,
        second_port text,
        second_seen_at timestamptz
      )`);
    await queryRunner.query(
      'CREATE UNIQUE INDEX attachments_now ON attachments (site, realm, mac) WHERE until IS NULL',
    );
    await queryRunner.query(`
      CREATE TABLE conversations (
        key text PRIMARY KEY,
        first_seen timestamptz NOT NULL,
        last_seen timestamptz NOT NULL
      )`);
    await queryRunner.query('CREATE INDEX conversations_last_seen ON conversations (last_seen)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TABLE conversations, attachments, addresses, interfaces, devices, assets, sequences, ipfix_templates',
    );
    await dropMessagingTables(queryRunner);
  }
}
