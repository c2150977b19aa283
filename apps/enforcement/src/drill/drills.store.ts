import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { newId, type PointFinding } from '#events';
import { inTransaction } from '#storage';
import { ATTEMPT } from '../apply/outcome.js';
import { canonical } from '../plan/canonical.js';
import type { PendingStep } from '../plan/pending-step.js';
import type { PointDescription } from '../points/description.js';
import type { LastDrill } from '../points/point-report.js';
import { keepDrilled } from '../points/profiles.store.js';
import type { Location, Neighbour } from '../read/location.js';
import { shownState, type DrillRequest, type Outcome, type Stage, type Written } from './drill.js';
import type { TestPort } from './test-port.js';

/** How long a drill is its replica's without being renewed: then whoever comes takes away what it has written. */
const LEASE_SECONDS = 10;

/** A drill as this replica has taken it. `isAbandoned`: another had begun it and is gone. */
export interface Claimed {
  request: DrillRequest;
  written: Written | null;
  findings: PointFinding[];
  isAbandoned: boolean;
}

/** Keeps a request, once by its id however often it is read. Returns whether it is new. */
export async function keepRequest(manager: EntityManager, request: DrillRequest, receivedAt: Date): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    `INSERT INTO point_drills (drill_id, point_id, body, state, received_at) VALUES ($1, $2, $3, 'accepted', $4)
     ON CONFLICT (drill_id) DO NOTHING RETURNING drill_id`,
    [request.drillId, request.pointId, JSON.stringify(request), receivedAt],
  );
  return rows.length > 0;
}

/** The drills' memory in PostgreSQL. `holder`: this replica, this start of it. */
export class DrillsStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly holder: string,
  ) {}

  /** Takes the oldest drill that nobody works on; null: there is none. */
  async claim(): Promise<Claimed | null> {
    const [rows] = await this.dataSource.query<
      [{ body: string; before: Stage; written: string | null; findings: string }[], number]
    >(
      `UPDATE point_drills d SET holder = $1, leased_until = now() + make_interval(secs => ${LEASE_SECONDS}),
         state = CASE d.state WHEN 'accepted' THEN 'running' ELSE d.state END
       FROM (SELECT drill_id, state FROM point_drills
             WHERE ended_at IS NULL AND (leased_until IS NULL OR leased_until < now())
             ORDER BY received_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS free
       WHERE d.drill_id = free.drill_id RETURNING d.body, free.state AS before, d.written, d.findings`,
      [this.holder],
    );
    const row = rows[0];
    if (!row) return null;
    return {
      request: JSON.parse(row.body) as DrillRequest,
      written: row.written === null ? null : (JSON.parse(row.written) as Written),
      findings: JSON.parse(row.findings) as PointFinding[],
      isAbandoned: row.before !== 'accepted',
    };
  }

  /** Whether it is still ours. A replica that stood still must not write any more: its successor releases. */
  async renew(drillId: string): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE point_drills SET leased_until = now() + make_interval(secs => ${LEASE_SECONDS})
       WHERE drill_id = $1 AND holder = $2 AND leased_until > now()`,
      [drillId, this.holder],
    );
    return count > 0;
  }

  async noteWritten(drillId: string, written: Written): Promise<void> {
    await this.dataSource.query('UPDATE point_drills SET written = $2 WHERE drill_id = $1', [
      drillId,
      JSON.stringify(written),
    ]);
  }

  /** From now on it can only be released. What it found by then is kept. */
  async noteReleasing(drillId: string, findings: readonly PointFinding[]): Promise<void> {
    await this.dataSource.query(`UPDATE point_drills SET state = 'releasing', findings = $2 WHERE drill_id = $1`, [
      drillId,
      JSON.stringify(findings),
    ]);
  }

  /** The end: nothing of it is at a point. What it has measured becomes the point's profile in the same transaction. */
  end(
    { drillId, pointId, requestedBy }: DrillRequest,
    outcome: Outcome,
    point: PointDescription | undefined,
    at: Date,
  ) {
    const { state, findings, measured } = outcome;
    return inTransaction(this.dataSource, async (manager) => {
      await manager.query(
        `UPDATE point_drills SET state = $2, findings = $3, written = NULL, ended_at = $4, leased_until = NULL
         WHERE drill_id = $1`,
        [drillId, state, JSON.stringify(findings), at],
      );
      if (measured && point) await keepDrilled(manager, pointId, point, { measured, drillId, by: requestedBy, at });
    });
  }

  /** The number that marks what a drill writes: one a point and test device, like those of devices never reused. */
  async number(pointId: string, mac: string): Promise<number> {
    const owner = `drill/${pointId}`;
    await this.dataSource.query(
      `INSERT INTO device_numbers (device_id, mac, number)
       SELECT $1, $2::macaddr, nextval('device_number')
       WHERE NOT EXISTS (SELECT 1 FROM device_numbers WHERE device_id = $1 AND mac = $2::macaddr) ON CONFLICT DO NOTHING`,
      [owner, mac],
    );
    const [row] = await this.dataSource.query<{ number: string }[]>(
      'SELECT number FROM device_numbers WHERE device_id = $1 AND mac = $2::macaddr',
      [owner, mac],
    );
    return Number(row?.number);
  }

  /** Writes the attempt to the log before its I/O, and takes the point's fence. */
  begin({ drillId }: DrillRequest, generation: number, { pointId, mac, step }: PendingStep, at: Date): Promise<Begun> {
    const attemptId = newId();
    const payload = createHash('sha256').update(canonical(step)).digest('hex');
    return inTransaction(this.dataSource, async (manager) => {
      const [row] = await manager.query<{ number: string }[]>(
        `INSERT INTO fences (point_id, number) VALUES ($1, 1)
         ON CONFLICT (point_id) DO UPDATE SET number = fences.number + 1 RETURNING number`,
        [pointId],
      );
      const fence = Number(row?.number);
      await manager.query(
        `INSERT INTO attempts (attempt_id, device_id, quarantine_id, mac, point_id, epoch, generation, fence, step, purpose,
           payload_sha256, state, intended_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, 'drill', $9, '${ATTEMPT.sent}', $10)`,
        [attemptId, `drill/${pointId}`, drillId, mac, pointId, generation, fence, step.kind, payload, at],
      );
      return { attemptId, fence };
    });
  }

  async ended(attemptId: string, code: string | null, at: Date): Promise<void> {
    await this.dataSource.query('UPDATE attempts SET state = $2, code = $3, ended_at = $4 WHERE attempt_id = $1', [
      attemptId,
      code === null ? ATTEMPT.ack : ATTEMPT.unknown,
      code,
      at,
    ]);
  }

  /** What discovery knows of the test device and of its neighbours, and whether it is isolated in earnest. */
  async surroundings({ mac, switch: at, port, probe }: TestPort): Promise<Surroundings> {
    const [row] = await this.dataSource.query<
      { location: string | null; neighbours: Surroundings['neighbours'] | null; wanted: boolean }[]
    >(
      `SELECT
         (SELECT l.body FROM locations l JOIN location_interfaces i USING (device_id) WHERE i.mac = $1::text::macaddr
          LIMIT 1) AS location,
         (SELECT json_agg(json_build_object('address', host(address), 'mac', mac, 'pointId', point_id, 'port', port,
            'vlan', vlan)) FROM location_interfaces
          WHERE point_id IS NOT NULL AND (address = $2::inet OR (point_id = $3 AND port = $4))) AS neighbours,
         EXISTS (SELECT 1 FROM wanted WHERE kind = 'isolation' AND body::jsonb ->> 'mode' = 'apply'
           AND body::jsonb -> 'macs' ? $1::text) AS wanted`,
      [mac, probe.address, at, port],
    );
    return {
      location: row?.location ? (JSON.parse(row.location) as Location) : null,
      neighbours: row?.neighbours ?? [],
      isIsolated: row?.wanted ?? false,
    };
  }
}

export interface Begun {
  attemptId: string;
  fence: number;
}

export interface Surroundings {
  location: Location | null;
  neighbours: Neighbour[];
  isIsolated: boolean;
}

/** The last drill of a point, as people see it. */
export async function readLastDrill(dataSource: DataSource, pointId: string): Promise<LastDrill | null> {
  const [row] = await dataSource.query<{ drill_id: string; state: Stage; findings: string; ended_at: Date | null }[]>(
    `SELECT drill_id, state, findings, ended_at FROM point_drills WHERE point_id = $1
     ORDER BY received_at DESC, drill_id DESC LIMIT 1`,
    [pointId],
  );
  if (!row) return null;
  const findings = JSON.parse(row.findings) as PointFinding[];
  return { drillId: row.drill_id, state: shownState(row.state), endedAt: row.ended_at, findings };
}
