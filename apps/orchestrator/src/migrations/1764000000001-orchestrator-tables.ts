import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createMessagingTables, dropMessagingTables } from '#messaging';

/** Everything that the orchestrator keeps. Columns for what is queried or constrained; the rest is text of JSON. */
export class OrchestratorTables1764000000001 implements MigrationInterface {
  name = 'OrchestratorTables1764000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createMessagingTables(queryRunner);
    for (const table of [...KNOWN, ...DECIDED, ...WRITTEN_DOWN]) await queryRunner.query(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `DROP TABLE audit_head, audit, quarantine_events, policies, settings, limits, holds, wanted, previews, approvals,
         conditions, quarantine_interfaces, quarantines, generations, sensors, conversations_daily, assessments,
         contract_flows, contracts, devices, inventory`,
    );
    await dropMessagingTables(queryRunner);
  }
}

/** What others have told us. */
const KNOWN = [
  `CREATE TABLE inventory (
     site text NOT NULL,
     asset text NOT NULL,
     body text NOT NULL,
     removed boolean NOT NULL,
     import_id text NOT NULL,
     declared_by text NOT NULL,
     declared_at timestamptz NOT NULL,
     PRIMARY KEY (site, asset)
   )`,
  `CREATE TABLE devices (
     device_id text PRIMARY KEY,
     revision bigint NOT NULL,
     site text NOT NULL,
     realm text NOT NULL,
     asset text,
     name text NOT NULL,
     ward text NOT NULL,
     ae_titles text[] NOT NULL,
     addresses inet[] NOT NULL,
     infrastructure boolean NOT NULL,
     body text NOT NULL
   )`,
  `CREATE INDEX devices_site_ward ON devices (site, ward)`,
  `CREATE TABLE contracts (
     device_id text PRIMARY KEY,
     revision bigint NOT NULL,
     unresolved text[] NOT NULL,
     unresolved_required text[] NOT NULL
   )`,
  `CREATE TABLE contract_flows (
     device_id text NOT NULL,
     position integer NOT NULL,
     peer text NOT NULL,
     peer_device_id text,
     body text,
     PRIMARY KEY (device_id, position)
   )`,
  `CREATE INDEX contract_flows_peer ON contract_flows (peer)`,
  `CREATE INDEX contract_flows_peer_device ON contract_flows (peer_device_id)`,
  `CREATE TABLE assessments (
     device_id text PRIMARY KEY,
     as_of_epoch bigint NOT NULL,
     as_of_partition integer NOT NULL,
     as_of_offset bigint NOT NULL,
     level text NOT NULL,
     log_odds double precision NOT NULL,
     below_propose_at timestamptz,
     body text NOT NULL,
     received_at timestamptz NOT NULL
   )`,
  `CREATE TABLE conversations_daily (
     device_id text NOT NULL,
     day date NOT NULL,
     peer_address text NOT NULL,
     transport text NOT NULL,
     port integer NOT NULL,
     opener text NOT NULL,
     frames bigint NOT NULL,
     octets bigint NOT NULL,
     last_seen timestamptz NOT NULL,
     PRIMARY KEY (device_id, day, peer_address, transport, port, opener)
   )`,
  `CREATE TABLE sensors (
     sensor_id text PRIMARY KEY,
     body text NOT NULL,
     received_at timestamptz NOT NULL
   )`,
];

/** What was decided. `generations` grows in the statement of each decision and is never reset. */
const DECIDED = [
  `CREATE TABLE generations (device_id text PRIMARY KEY, generation bigint NOT NULL)`,
  `CREATE TABLE quarantines (
     id text PRIMARY KEY,
     version bigint NOT NULL,
     device_id text NOT NULL,
     decision text NOT NULL,
     truth text NOT NULL,
     weakest_mac macaddr,
     requested_by text NOT NULL,
     requested_role text NOT NULL,
     reason text NOT NULL,
     rule text NOT NULL,
     policy_version text NOT NULL,
     terms text NOT NULL,
     level text NOT NULL,
     log_odds double precision NOT NULL,
     in_words text NOT NULL,
     assessment text,
     macs macaddr[] NOT NULL,
     permits text NOT NULL,
     epoch bigint NOT NULL,
     generation bigint NOT NULL,
     plan_digest text,
     refusal text,
     undo text,
     proposed_at timestamptz NOT NULL,
     decided_at timestamptz,
     decided_by text,
     decided_role text,
     released_at timestamptz,
     lapse_at timestamptz,
     review_at timestamptz,
     close_at timestamptz,
     CONSTRAINT quarantines_decision CHECK (decision IN ('proposed', 'approved', 'rejected', 'withdrawn', 'lapsed', 'released', 'closed')),
     CONSTRAINT quarantines_truth CHECK (truth IN ('intended', 'acknowledged', 'proven'))
   )`,
  `CREATE UNIQUE INDEX quarantines_one_open ON quarantines (device_id) WHERE decision IN ('proposed', 'approved', 'released')`,
  `CREATE INDEX quarantines_device ON quarantines (device_id)`,
  `CREATE TABLE quarantine_interfaces (
     quarantine_id text NOT NULL,
     mac macaddr NOT NULL,
     truth text NOT NULL,
     body text NOT NULL,
     PRIMARY KEY (quarantine_id, mac)
   )`,
  `CREATE TABLE conditions (
     quarantine_id text NOT NULL,
     condition text NOT NULL,
     observer text NOT NULL,
     reason text NOT NULL,
     since timestamptz NOT NULL,
     PRIMARY KEY (quarantine_id, condition, observer)
   )`,
  `CREATE TABLE approvals (
     id text PRIMARY KEY,
     quarantine_id text NOT NULL,
     plan_digest text NOT NULL,
     policy_version text NOT NULL,
     person text NOT NULL,
     role text NOT NULL,
     reason text NOT NULL,
     at timestamptz NOT NULL,
     spent_at timestamptz
   )`,
  `CREATE UNIQUE INDEX approvals_person_once ON approvals (quarantine_id, plan_digest, policy_version, person) WHERE spent_at IS NULL`,
  `CREATE TABLE previews (
     quarantine_id text PRIMARY KEY,
     device_id text NOT NULL,
     epoch bigint NOT NULL,
     generation bigint NOT NULL,
     body text NOT NULL,
     published_at timestamptz NOT NULL,
     plan_digest text,
     plan text,
     plan_at timestamptz
   )`,
  `CREATE TABLE wanted (
     device_id text PRIMARY KEY,
     quarantine_id text NOT NULL,
     epoch bigint NOT NULL,
     generation bigint NOT NULL,
     mode text NOT NULL,
     frozen boolean NOT NULL,
     body text NOT NULL,
     published_at timestamptz NOT NULL,
     seen_epoch bigint,
     seen_generation bigint,
     seen_at timestamptz
   )`,
  `CREATE TABLE holds (
     device_id text PRIMARY KEY,
     reason text NOT NULL,
     held_by text NOT NULL,
     held_at timestamptz NOT NULL
   )`,
  `CREATE TABLE limits (
     scope text NOT NULL,
     window_start timestamptz NOT NULL,
     cap integer NOT NULL,
     used integer NOT NULL,
     PRIMARY KEY (scope, window_start)
   )`,
  `CREATE TABLE settings (
     id smallint PRIMARY KEY,
     epoch bigint NOT NULL,
     kill_switch boolean NOT NULL,
     kill_switch_reason text NOT NULL,
     kill_switch_by text NOT NULL,
     kill_switch_at timestamptz,
     CONSTRAINT settings_one_row CHECK (id = 1)
   )`,
  `INSERT INTO settings (id, epoch, kill_switch, kill_switch_reason, kill_switch_by) VALUES (1, 1, false, '', '')`,
  `CREATE TABLE policies (version text PRIMARY KEY, body text NOT NULL, loaded_at timestamptz NOT NULL)`,
];

/** What is written down. The service may add to the audit and read it: changing or removing is taken from it. */
const WRITTEN_DOWN = [
  `CREATE TABLE quarantine_events (
     seq bigint PRIMARY KEY,
     quarantine_id text NOT NULL,
     type text NOT NULL,
     at timestamptz NOT NULL,
     body text NOT NULL
   )`,
  `CREATE INDEX quarantine_events_quarantine ON quarantine_events (quarantine_id, seq)`,
  `CREATE TABLE audit (
     seq bigint PRIMARY KEY,
     at timestamptz NOT NULL,
     actor text NOT NULL,
     action text NOT NULL,
     subject text NOT NULL,
     body text NOT NULL,
     prev text NOT NULL,
     hash text NOT NULL
   )`,
  `CREATE TABLE audit_head (id smallint PRIMARY KEY, seq bigint NOT NULL, hash text NOT NULL, CONSTRAINT audit_head_one_row CHECK (id = 1))`,
  `INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '')`,
  `DO $$ BEGIN
     IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lazaret_orchestrator') THEN
       REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM lazaret_orchestrator;
       REVOKE UPDATE, DELETE, TRUNCATE ON quarantine_events FROM lazaret_orchestrator;
       REVOKE INSERT, DELETE ON audit_head FROM lazaret_orchestrator;
     END IF;
   END $$`,
];
