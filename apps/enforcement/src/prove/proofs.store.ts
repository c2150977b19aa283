import type { EntityManager } from 'typeorm';
import type { SensorReported } from '#events';
import type { PointIsolation } from '#driver';
import type { Isolation } from '../wanted/wanted.js';
import type { Observer } from './observers.js';
import type { ProofFacts } from './proof.js';

/** A proof that is being earned: its facts, and what decides which observers count. */
export interface OpenProof {
  mac: string;
  facts: ProofFacts;
  isolation: PointIsolation | null;
  /** Those that are open: frames of a flow that is cut are as forbidden as any. */
  permits: Isolation['permits'];
}

/** The proofs of a device that are being earned, locked until the end of the transaction. None once a release is proven. */
export async function openProofs(manager: EntityManager, deviceId: string): Promise<OpenProof[]> {
  const rows: { mac: string; facts: string; isolation: string | null; body: string }[] = await manager.query(
    `SELECT p.mac::text AS mac, p.facts, s.isolation, w.body
       FROM proofs p
       JOIN interface_states s USING (device_id, mac)
       JOIN isolations i USING (device_id)
       JOIN wanted w ON w.device_id = p.device_id AND w.kind = 'isolation'
       WHERE p.device_id = $1 AND NOT (i.mode = 'release' AND i.truth = 'proven')
       ORDER BY p.mac FOR UPDATE OF p`,
    [deviceId],
  );
  return rows.map((row) => {
    const isolation = row.isolation === null ? null : (JSON.parse(row.isolation) as PointIsolation);
    const { permits } = JSON.parse(row.body) as Isolation;
    return {
      mac: row.mac,
      facts: JSON.parse(row.facts) as ProofFacts,
      isolation,
      permits: permits.filter(({ flowId }) => isolation?.permits.some((open) => open.flowId === flowId)),
    };
  });
}

export async function keepFacts(
  manager: EntityManager,
  deviceId: string,
  mac: string,
  facts: ProofFacts,
): Promise<void> {
  await manager.query('UPDATE proofs SET facts = $3 WHERE device_id = $1 AND mac = $2', [
    deviceId,
    mac,
    JSON.stringify(facts),
  ]);
}

/** Keeps what a sensor says of itself. It has moved if it has reported further than before. */
export async function keepObserver(
  manager: EntityManager,
  sensor: SensorReported['data'],
  heardAt: Date,
): Promise<void> {
  await manager.query(
    `INSERT INTO observers (sensor_id, kind, covers, observed_until, moved_at, clock_offset_ms)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (sensor_id) DO UPDATE SET kind = EXCLUDED.kind, covers = EXCLUDED.covers,
       clock_offset_ms = EXCLUDED.clock_offset_ms,
       moved_at = CASE WHEN EXCLUDED.observed_until > coalesce(observers.observed_until, '-infinity')
                       THEN EXCLUDED.moved_at ELSE observers.moved_at END,
       observed_until = greatest(observers.observed_until, EXCLUDED.observed_until)`,
    [sensor.sensorId, sensor.kind, sensor.covers, sensor.observedUntil, heardAt, sensor.clockOffsetMs],
  );
}

export async function readObservers(manager: EntityManager): Promise<Observer[]> {
  const rows: ObserverRow[] = await manager.query(
    'SELECT sensor_id, kind, covers, observed_until, moved_at, clock_offset_ms FROM observers WHERE observed_until IS NOT NULL',
  );
  return rows.map(observerFrom);
}

export interface ObserverRow {
  sensor_id: string;
  kind: string;
  covers: string[];
  observed_until: Date | string;
  moved_at: Date | string;
  clock_offset_ms: number;
}

export function observerFrom(row: ObserverRow): Observer {
  return {
    sensorId: row.sensor_id,
    kind: row.kind,
    covers: row.covers,
    observedUntil: new Date(row.observed_until),
    movedAt: new Date(row.moved_at),
    clockOffsetMs: row.clock_offset_ms,
  };
}
