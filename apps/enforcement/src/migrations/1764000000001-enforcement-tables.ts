import { createMessagingTables, dropMessagingTables } from '#messaging';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EnforcementTables1764000000001 implements MigrationInterface {
  name = 'EnforcementTables1764000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createMessagingTables(queryRunner);
    await wantedTables(queryRunner);
    await locationTables(queryRunner);
    await attemptTables(queryRunner);
    await seenTables(queryRunner);
    await proofTables(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `DROP TABLE observers, proofs, interface_states, isolations, drifts, undo_sheets, fences, leases, attempts, plans,
         location_interfaces, locations, device_numbers, wanted`,
    );
    await queryRunner.query('DROP SEQUENCE device_number');
    await dropMessagingTables(queryRunner);
  }
}

async function wantedTables(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE wanted (
      device_id text NOT NULL,
      kind text NOT NULL,
      quarantine_id text NOT NULL,
      epoch bigint NOT NULL,
      generation bigint NOT NULL,
      frozen boolean NOT NULL,
      body text NOT NULL,
      unfrozen_at timestamptz,
      answered boolean NOT NULL DEFAULT false,
      received_at timestamptz NOT NULL,
      PRIMARY KEY (device_id, kind)
    )`);
  await queryRunner.query(`
    CREATE TABLE device_numbers (
      device_id text NOT NULL,
      mac macaddr NOT NULL,
      number bigint NOT NULL,
      PRIMARY KEY (device_id, mac),
      CONSTRAINT "UQ_device_numbers" UNIQUE (number)
    )`);
  // As much as a cookie holds. A number that a rolled-back transaction took is lost, never given twice.
  await queryRunner.query('CREATE SEQUENCE device_number MINVALUE 1 MAXVALUE 4294967295 NO CYCLE');
  await queryRunner.query(`
    CREATE TABLE plans (
      digest text PRIMARY KEY,
      device_id text NOT NULL,
      body text NOT NULL,
      made_at timestamptz NOT NULL
    )`);
}

async function locationTables(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE locations (
      device_id text PRIMARY KEY,
      revision bigint NOT NULL,
      body text NOT NULL,
      received_at timestamptz NOT NULL
    )`);
  await queryRunner.query(`
    CREATE TABLE location_interfaces (
      device_id text NOT NULL,
      mac macaddr NOT NULL,
      address inet,
      point_id text,
      port text,
      vlan integer,
      PRIMARY KEY (device_id, mac)
    )`);
  await queryRunner.query('CREATE INDEX location_interfaces_address ON location_interfaces (address)');
  await queryRunner.query('CREATE INDEX location_interfaces_port ON location_interfaces (point_id, port)');
}

async function attemptTables(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE attempts (
      attempt_id text PRIMARY KEY,
      device_id text NOT NULL,
      quarantine_id text NOT NULL,
      mac macaddr NOT NULL,
      point_id text NOT NULL,
      epoch bigint NOT NULL,
      generation bigint NOT NULL,
      fence bigint NOT NULL,
      step text NOT NULL,
      purpose text NOT NULL,
      payload_sha256 text NOT NULL,
      state text NOT NULL,
      code text,
      intended_at timestamptz NOT NULL,
      ended_at timestamptz
    )`);
  await queryRunner.query(`CREATE INDEX attempts_open ON attempts (device_id) WHERE state IN ('intent', 'sent')`);
  await queryRunner.query('CREATE INDEX attempts_point ON attempts (point_id, intended_at)');
  await queryRunner.query(`
    CREATE TABLE leases (device_id text PRIMARY KEY, holder text NOT NULL, expires_at timestamptz NOT NULL)`);
  await queryRunner.query('CREATE TABLE fences (point_id text PRIMARY KEY, number bigint NOT NULL)');
  await queryRunner.query(`
    CREATE TABLE undo_sheets (
      quarantine_id text PRIMARY KEY,
      device_id text NOT NULL,
      body text NOT NULL,
      written_at timestamptz NOT NULL
    )`);
  await queryRunner.query(`
    CREATE TABLE drifts (
      attempt_id text PRIMARY KEY,
      device_id text NOT NULL,
      what text NOT NULL,
      at timestamptz NOT NULL
    )`);
  await queryRunner.query('CREATE INDEX drifts_device ON drifts (device_id, at)');
}

async function seenTables(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE isolations (
      device_id text PRIMARY KEY,
      quarantine_id text,
      epoch bigint NOT NULL,
      generation bigint NOT NULL,
      revision bigint NOT NULL,
      mode text,
      plan_digest text,
      applied_digest text,
      truth text NOT NULL,
      refusal text,
      conditions text NOT NULL,
      first_applied_at timestamptz,
      lifted_for text
    )`);
  await queryRunner.query(`
    CREATE TABLE interface_states (
      device_id text NOT NULL,
      mac macaddr NOT NULL,
      point_id text,
      isolation text,
      vlan integer,
      truth text NOT NULL,
      boot_id text,
      permits_in_at timestamptz,
      moved_at timestamptz,
      acknowledged_at timestamptz,
      read_back_at timestamptz,
      contained_at timestamptz,
      contained_by text,
      denied_frames integer NOT NULL,
      clinical text,
      clinical_at timestamptz,
      clinical_by text,
      PRIMARY KEY (device_id, mac)
    )`);
}

async function proofTables(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE proofs (
      device_id text NOT NULL,
      mac macaddr NOT NULL,
      since timestamptz NOT NULL,
      facts text NOT NULL,
      PRIMARY KEY (device_id, mac)
    )`);
  await queryRunner.query(`
    CREATE TABLE observers (
      sensor_id text PRIMARY KEY,
      kind text NOT NULL,
      covers text[] NOT NULL,
      observed_until timestamptz,
      moved_at timestamptz NOT NULL,
      clock_offset_ms double precision NOT NULL
    )`);
}
