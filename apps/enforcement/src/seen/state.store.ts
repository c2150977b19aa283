import type { EntityManager } from 'typeorm';
import type { ProofFacts } from '../prove/proof.js';
import type { DeviceState, InterfaceState } from './state.js';

/** Keeps a device's state in the place of the one before. */
export async function keepState(manager: EntityManager, state: DeviceState): Promise<void> {
  await manager.query(
    `INSERT INTO isolations (device_id, quarantine_id, epoch, generation, revision, mode, plan_digest, applied_digest,
       truth, refusal, conditions, first_applied_at, lifted_for)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (device_id) DO UPDATE SET quarantine_id = EXCLUDED.quarantine_id, epoch = EXCLUDED.epoch,
       generation = EXCLUDED.generation, revision = EXCLUDED.revision, mode = EXCLUDED.mode,
       plan_digest = EXCLUDED.plan_digest, applied_digest = EXCLUDED.applied_digest, truth = EXCLUDED.truth,
       refusal = EXCLUDED.refusal, conditions = EXCLUDED.conditions, first_applied_at = EXCLUDED.first_applied_at,
       lifted_for = EXCLUDED.lifted_for`,
    [
      state.deviceId,
      state.quarantineId,
      state.epoch,
      state.generation,
      state.revision,
      state.mode,
      state.planDigest,
      state.appliedDigest,
      state.truth,
      state.refusal,
      JSON.stringify(state.conditions),
      state.firstAppliedAt,
      state.liftedFor,
    ],
  );
  await keepInterfaces(manager, state);
}

async function keepInterfaces(manager: EntityManager, { deviceId, interfaces }: DeviceState): Promise<void> {
  const rows = interfaces.map(({ isolation, ...one }) => ({
    ...one,
    isolation: isolation && JSON.stringify(isolation),
  }));
  await manager.query('DELETE FROM interface_states WHERE device_id = $1', [deviceId]);
  await manager.query(
    `INSERT INTO interface_states (device_id, mac, point_id, isolation, vlan, truth, boot_id, permits_in_at, moved_at,
       acknowledged_at, read_back_at, contained_at, contained_by, denied_frames, clinical, clinical_at, clinical_by)
     SELECT $1, mac, "pointId", isolation, vlan, truth, "bootId", "permitsInAt", "movedAt", "acknowledgedAt",
       "readBackAt", "containedAt", "containedBy", "deniedFrames", clinical, "clinicalAt", "clinicalBy"
     FROM jsonb_to_recordset($2::jsonb) AS one (mac macaddr, "pointId" text, isolation text, vlan integer, truth text,
       "bootId" text, "permitsInAt" timestamptz, "movedAt" timestamptz, "acknowledgedAt" timestamptz,
       "readBackAt" timestamptz, "containedAt" timestamptz, "containedBy" text, "deniedFrames" integer, clinical text,
       "clinicalAt" timestamptz, "clinicalBy" text)`,
    [deviceId, JSON.stringify(rows)],
  );
}

/** Begins proofs anew: what was shown before belongs to another state of the point. */
export async function beginProofs(
  manager: EntityManager,
  deviceId: string,
  proofs: ReadonlyMap<string, ProofFacts>,
): Promise<void> {
  for (const [mac, facts] of proofs) {
    await manager.query(
      `INSERT INTO proofs (device_id, mac, since, facts) VALUES ($1, $2, $3, $4)
       ON CONFLICT (device_id, mac) DO UPDATE SET since = EXCLUDED.since, facts = EXCLUDED.facts`,
      [deviceId, mac, new Date(facts.since), JSON.stringify(facts)],
    );
  }
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
  };
}

function date(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
