import type { EntityManager } from 'typeorm';
import { RENEW_SQL, endedAttempts } from '../apply/attempts.store.js';
import type { Saved } from '../loop.js';
import type { Renewed } from '../plan/planned.js';
import type { DeviceState, InterfaceState } from './state.js';

/** Parameters: device, holder, isolation, interfaces, proofs, attempts (JSON each), now. */
const SAVE_SQL = `
WITH lease AS (${RENEW_SQL}
), isolation AS (
  INSERT INTO isolations (device_id, quarantine_id, epoch, generation, revision, mode, plan_digest, applied_digest, truth,
    refusal, conditions, first_applied_at, lifted_for, left_behind)
  SELECT $1, "quarantineId", epoch, generation, revision, mode, "planDigest", "appliedDigest", truth, refusal, conditions,
    "firstAppliedAt", "liftedFor", "left"
  FROM jsonb_to_record($3::jsonb) AS one ("quarantineId" text, epoch bigint, generation bigint, revision bigint, mode text,
    "planDigest" text, "appliedDigest" text, truth text, refusal text, conditions text, "firstAppliedAt" timestamptz,
    "liftedFor" text, "left" text)
  WHERE EXISTS (SELECT 1 FROM lease)
  ON CONFLICT (device_id) DO UPDATE SET quarantine_id = EXCLUDED.quarantine_id, epoch = EXCLUDED.epoch,
    generation = EXCLUDED.generation, revision = EXCLUDED.revision, mode = EXCLUDED.mode,
    plan_digest = EXCLUDED.plan_digest, applied_digest = EXCLUDED.applied_digest, truth = EXCLUDED.truth,
    refusal = EXCLUDED.refusal, conditions = EXCLUDED.conditions, first_applied_at = EXCLUDED.first_applied_at,
    lifted_for = EXCLUDED.lifted_for, left_behind = EXCLUDED.left_behind
), interfaces AS (
  SELECT * FROM jsonb_to_recordset($4::jsonb) AS one (mac macaddr, "pointId" text, isolation text, vlan integer,
    truth text, "bootId" text, "permitsInAt" timestamptz, "movedAt" timestamptz, "acknowledgedAt" timestamptz,
    "readBackAt" timestamptz, "containedAt" timestamptz, "containedBy" text, "deniedFrames" integer, clinical text,
    "clinicalAt" timestamptz, "clinicalBy" text, renewed text)
  WHERE EXISTS (SELECT 1 FROM lease)
), gone AS (
  DELETE FROM interface_states WHERE device_id = $1 AND EXISTS (SELECT 1 FROM lease)
    AND mac NOT IN (SELECT mac FROM interfaces)
), kept AS (
  INSERT INTO interface_states (device_id, mac, point_id, isolation, vlan, truth, boot_id, permits_in_at, moved_at,
    acknowledged_at, read_back_at, contained_at, contained_by, denied_frames, clinical, clinical_at, clinical_by, renewed)
  SELECT $1, * FROM interfaces
  ON CONFLICT (device_id, mac) DO UPDATE SET point_id = EXCLUDED.point_id, isolation = EXCLUDED.isolation,
    vlan = EXCLUDED.vlan, truth = EXCLUDED.truth, boot_id = EXCLUDED.boot_id, permits_in_at = EXCLUDED.permits_in_at,
    moved_at = EXCLUDED.moved_at, acknowledged_at = EXCLUDED.acknowledged_at, read_back_at = EXCLUDED.read_back_at,
    contained_at = EXCLUDED.contained_at, contained_by = EXCLUDED.contained_by, denied_frames = EXCLUDED.denied_frames,
    clinical = EXCLUDED.clinical, clinical_at = EXCLUDED.clinical_at, clinical_by = EXCLUDED.clinical_by,
    renewed = EXCLUDED.renewed
), proof AS (
  INSERT INTO proofs (device_id, mac, since, facts)
  SELECT $1, mac, since, facts FROM jsonb_to_recordset($5::jsonb) AS one (mac macaddr, since timestamptz, facts text)
  WHERE EXISTS (SELECT 1 FROM lease)
  ON CONFLICT (device_id, mac) DO UPDATE SET since = EXCLUDED.since, facts = EXCLUDED.facts
), attempt AS (
  UPDATE attempts SET state = one.state, code = one.code, ended_at = $7
  FROM jsonb_to_recordset($6::jsonb) AS one (id text, state text, code text)
  WHERE attempt_id = one.id AND EXISTS (SELECT 1 FROM lease)
)
SELECT EXISTS (SELECT 1 FROM lease) AS leased`;

/**
 * Keeps what a run has found, all in one statement: the device's state in the place of the one before, how its attempts
 * ended, and the proofs that begin anew (what was shown before belongs to another state of the point). False, and
 * nothing is kept: another replica holds the lease.
 */
export async function keepRun(
  manager: EntityManager,
  holder: string,
  { state, proofs, outcomes }: Omit<Saved, 'events'>,
  now: Date,
): Promise<boolean> {
  const { interfaces, ...isolation } = state;
  const begun = [...proofs].map(([mac, facts]) => ({
    mac,
    since: new Date(facts.since),
    facts: JSON.stringify(facts),
  }));
  const [row] = await manager.query<{ leased: boolean }[]>(SAVE_SQL, [
    state.deviceId,
    holder,
    JSON.stringify({
      ...isolation,
      conditions: JSON.stringify(isolation.conditions),
      left: JSON.stringify(isolation.left),
    }),
    JSON.stringify(interfaces.map(interfaceRow)),
    JSON.stringify(begun),
    JSON.stringify(endedAttempts(outcomes)),
    now,
  ]);
  return row?.leased ?? false;
}

function interfaceRow({ isolation, renewed, ...one }: InterfaceState) {
  return { ...one, isolation: isolation && JSON.stringify(isolation), renewed: renewed && JSON.stringify(renewed) };
}

/** An isolation's row as JSON, times as text. */
export interface StateRow {
  quarantine_id: string | null;
  epoch: number;
  generation: number;
  revision: number;
  mode: DeviceState['mode'];
  plan_digest: string | null;
  applied_digest: string | null;
  truth: DeviceState['truth'];
  refusal: string | null;
  conditions: string;
  first_applied_at: string | null;
  lifted_for: string | null;
  left_behind: string;
}

export interface InterfaceRow {
  mac: string;
  point_id: string | null;
  isolation: string | null;
  vlan: number | null;
  truth: InterfaceState['truth'];
  boot_id: string | null;
  permits_in_at: string | null;
  moved_at: string | null;
  acknowledged_at: string | null;
  read_back_at: string | null;
  contained_at: string | null;
  contained_by: string | null;
  denied_frames: number;
  clinical: InterfaceState['clinical'];
  clinical_at: string | null;
  clinical_by: string | null;
  renewed: string | null;
}

export function stateFrom(deviceId: string, row: StateRow, interfaces: readonly InterfaceRow[]): DeviceState {
  return {
    deviceId,
    quarantineId: row.quarantine_id,
    epoch: row.epoch,
    generation: row.generation,
    revision: row.revision,
    mode: row.mode,
    planDigest: row.plan_digest,
    appliedDigest: row.applied_digest,
    truth: row.truth,
    refusal: row.refusal,
    conditions: JSON.parse(row.conditions) as DeviceState['conditions'],
    firstAppliedAt: date(row.first_applied_at),
    liftedFor: row.lifted_for,
    interfaces: interfaces.map(interfaceFrom),
    left: JSON.parse(row.left_behind) as DeviceState['left'],
  };
}

function interfaceFrom(row: InterfaceRow): InterfaceState {
  return {
    mac: row.mac,
    pointId: row.point_id,
    isolation: row.isolation === null ? null : (JSON.parse(row.isolation) as InterfaceState['isolation']),
    vlan: row.vlan,
    truth: row.truth,
    bootId: row.boot_id,
    permitsInAt: date(row.permits_in_at),
    movedAt: date(row.moved_at),
    acknowledgedAt: date(row.acknowledged_at),
    readBackAt: date(row.read_back_at),
    containedAt: date(row.contained_at),
    containedBy: row.contained_by,
    deniedFrames: row.denied_frames,
    clinical: row.clinical,
    clinicalAt: date(row.clinical_at),
    clinicalBy: row.clinical_by,
    renewed: row.renewed === null ? null : renewedFrom(row.renewed),
  };
}

function renewedFrom(text: string): Renewed {
  const { sessionId, at } = JSON.parse(text) as { sessionId: string; at: string };
  return { sessionId, at: new Date(at) };
}

function date(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
