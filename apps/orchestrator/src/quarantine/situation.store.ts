import type { EntityManager } from 'typeorm';
import type { AssessmentChanged, DeviceChanged, ResolvedFlow } from '#events';
import { quarantineOf, type QuarantineRow } from './row.js';
import type { PastQuarantine, Situation } from './situation.js';

interface SituationRow {
  device: string;
  revision: string | null;
  unresolved: string[] | null;
  unresolved_required: string[] | null;
  flows: string[] | null;
  assessment: string | null;
  below_propose_at: Date | null;
  open: QuarantineRow | null;
  past: { decision: PastQuarantine['decision']; level: PastQuarantine['level']; decided_at: string } | null;
  released_at: Date | null;
  held: boolean;
  kill_switch: boolean;
  epoch: string;
}

/** One round trip: this stands between an assessment and its decision. */
const SITUATION = `
  SELECT d.body AS device, c.revision, c.unresolved, c.unresolved_required, a.body AS assessment, a.below_propose_at,
    (SELECT array_agg(f.body ORDER BY f.position) FROM contract_flows f
      WHERE f.device_id = d.device_id AND f.body IS NOT NULL) AS flows,
    (SELECT to_jsonb(q) || jsonb_build_object('plan', p.plan, 'review_due',
         EXISTS (SELECT 1 FROM conditions k WHERE k.quarantine_id = q.id AND k.condition = 'ReviewDue'))
       FROM quarantines q LEFT JOIN previews p ON p.quarantine_id = q.id AND p.plan_digest = q.plan_digest
      WHERE q.device_id = d.device_id
        AND CASE WHEN $2::text IS NULL THEN q.decision IN ('proposed', 'approved', 'released') ELSE q.id = $2 END) AS open,
    (SELECT jsonb_build_object('decision', q.decision, 'level', q.level, 'decided_at', q.decided_at) FROM quarantines q
      WHERE q.device_id = d.device_id AND q.decision NOT IN ('proposed', 'approved', 'released')
      ORDER BY q.decided_at DESC LIMIT 1) AS past,
    (SELECT max(q.released_at) FROM quarantines q WHERE q.device_id = d.device_id) AS released_at,
    EXISTS (SELECT 1 FROM holds h WHERE h.device_id = d.device_id) AS held,
    s.kill_switch, s.epoch
  FROM settings s, devices d
  LEFT JOIN contracts c ON c.device_id = d.device_id
  LEFT JOIN assessments a ON a.device_id = d.device_id
  WHERE d.device_id = $1 AND s.id = 1`;

/**
 * Everything that a decision about a device looks at; null: nobody has told us of such a device. With `quarantineId`,
 * `open` is that quarantine, also when it is over, so that a person who comes late is told so.
 */
export async function readSituation(
  manager: EntityManager,
  deviceId: string,
  quarantineId: string | null = null,
): Promise<Situation | null> {
  const rows: SituationRow[] = await manager.query(SITUATION, [deviceId, quarantineId]);
  const row = rows[0];
  if (!row) return null;
  return {
    device: JSON.parse(row.device) as DeviceChanged['data'],
    contract: {
      revision: Number(row.revision ?? 0),
      flows: (row.flows ?? []).map((text) => JSON.parse(text) as ResolvedFlow),
      unresolved: row.unresolved ?? [],
      unresolvedRequired: row.unresolved_required ?? [],
    },
    assessment: row.assessment === null ? null : (JSON.parse(row.assessment) as AssessmentChanged['data']),
    belowProposeAt: row.below_propose_at,
    open: row.open && quarantineOf(row.open),
    past: row.past && {
      decision: row.past.decision,
      level: row.past.level,
      decidedAt: new Date(row.past.decided_at),
    },
    releasedAt: row.released_at,
    held: row.held,
    killSwitch: row.kill_switch,
    epoch: Number(row.epoch),
  };
}

/** The device of a quarantine; null: there is no such quarantine. */
export async function deviceOf(manager: EntityManager, quarantineId: string): Promise<string | null> {
  const rows: { device_id: string }[] = await manager.query('SELECT device_id FROM quarantines WHERE id = $1', [
    quarantineId,
  ]);
  return rows[0]?.device_id ?? null;
}
