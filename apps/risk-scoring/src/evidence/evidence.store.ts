import type { EntityManager } from 'typeorm';
import type { WeighedEvidence } from '../observations/partition.js';
import { DETECTORS } from './evidence.js';

const DAYS_KEPT = 90;
const DELETED_AT_ONCE = 10_000;

/** Keeps pieces of evidence. One that is there already stays as it is: a replay brings the same again. */
export async function insertEvidence(manager: EntityManager, evidence: readonly WeighedEvidence[]): Promise<void> {
  const rows = evidence.map((one) => ({
    evidence_id: one.evidenceId,
    device_id: one.deviceId,
    observation_id: one.observationId,
    sensor_id: one.sensorId,
    detector: one.detector,
    family: DETECTORS[one.detector].family,
    trust_domain: one.trustDomain,
    binding: one.binding,
    authenticated: one.authenticated,
    decibans: one.decibans,
    half_life_seconds: DETECTORS[one.detector].halfLifeSeconds,
    why: one.label,
    at: new Date(one.at).toISOString(),
  }));
  await manager.query(
    `INSERT INTO evidence
     SELECT evidence_id, device_id, observation_id, sensor_id, detector, family, trust_domain, binding, authenticated,
            decibans, half_life_seconds, why, at
       FROM jsonb_to_recordset($1) AS e (evidence_id text, device_id text, observation_id text, sensor_id text,
            detector text, family text, trust_domain text, binding text, authenticated boolean,
            decibans double precision, half_life_seconds integer, why text, at timestamptz)
         ON CONFLICT (evidence_id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Deletes some of what is older than 90 days before `now`; gives how many rows it was. */
export async function deleteOldEvidence(manager: EntityManager, now: Date): Promise<number> {
  const [, deleted] = await manager.query<[unknown[], number]>(
    `DELETE FROM evidence WHERE evidence_id IN (
       SELECT evidence_id FROM evidence WHERE at < $1::timestamptz - make_interval(days => $2) LIMIT $3)`,
    [now.toISOString(), DAYS_KEPT, DELETED_AT_ONCE],
  );
  return deleted;
}
