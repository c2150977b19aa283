import type { EntityManager } from 'typeorm';
import type { AssessmentChanged, Decision, DeviceChanged, ResolvedFlow, Truth } from '#events';
import type { DeviceFilter, Listed, Page } from '../commands.js';
import { isProtected } from '../policy/evaluate.js';
import type { Policy } from '../policy/policy.js';
import type { DeviceView } from '../queries.js';

interface Row {
  device: string;
  assessment: string | null;
  revision: string | null;
  unresolved: string[] | null;
  flows: string[] | null;
  hold: { reason: string; by: string; since: string } | null;
  open: { quarantineId: string; decision: Decision; truth: Truth } | null;
}

const VIEW = `
  SELECT d.device_id, d.body AS device, a.body AS assessment, c.revision, c.unresolved,
    (SELECT array_agg(f.body ORDER BY f.position) FROM contract_flows f
      WHERE f.device_id = d.device_id AND f.body IS NOT NULL) AS flows,
    (SELECT jsonb_build_object('reason', h.reason, 'by', h.held_by, 'since', h.held_at) FROM holds h
      WHERE h.device_id = d.device_id) AS hold,
    (SELECT jsonb_build_object('quarantineId', q.id, 'decision', q.decision, 'truth', q.truth) FROM quarantines q
      WHERE q.device_id = d.device_id AND q.decision IN ('proposed', 'approved', 'released')) AS open
  FROM devices d LEFT JOIN assessments a ON a.device_id = d.device_id LEFT JOIN contracts c ON c.device_id = d.device_id`;

/** Devices in order of their ids, filtered; `next` is the id to go on from. */
export async function listDevices(
  manager: EntityManager,
  policy: Policy,
  filter: DeviceFilter,
  { limit, cursor }: Page,
): Promise<Listed<DeviceView>> {
  const rows: Row[] = await manager.query(
    `${VIEW} WHERE ($1::text IS NULL OR d.site = $1) AND ($2::text IS NULL OR d.ward = $2)
       AND ($3::text IS NULL OR coalesce(a.level, 'none') = $3) AND ($4::text IS NULL OR d.device_id > $4)
     ORDER BY d.device_id LIMIT $5`,
    [filter.site ?? null, filter.ward ?? null, filter.level ?? null, cursor, limit + 1],
  );
  const items = rows.slice(0, limit).map((row) => viewOf(row, policy));
  return { items, next: rows.length > limit ? (items.at(-1)?.deviceId ?? null) : null };
}

export async function readDeviceView(
  manager: EntityManager,
  policy: Policy,
  deviceId: string,
): Promise<DeviceView | null> {
  const [row]: Row[] = await manager.query(`${VIEW} WHERE d.device_id = $1`, [deviceId]);
  return row ? viewOf(row, policy) : null;
}

function viewOf(row: Row, policy: Policy): DeviceView {
  const device = JSON.parse(row.device) as DeviceChanged['data'];
  return {
    deviceId: device.deviceId,
    site: device.site,
    realm: device.realm,
    asset: device.asset,
    name: device.name,
    modality: device.modality,
    criticality: device.criticality,
    ward: device.ward,
    aeTitles: device.aeTitles,
    infrastructure: device.infrastructure,
    protected: isProtected(policy, device),
    hold: row.hold && { ...row.hold, since: new Date(row.hold.since).toISOString() },
    interfaces: device.interfaces,
    assessment: row.assessment === null ? null : (JSON.parse(row.assessment) as AssessmentChanged['data']),
    contract: {
      revision: Number(row.revision ?? 0),
      flows: (row.flows ?? []).map((text) => JSON.parse(text) as ResolvedFlow),
      unresolved: row.unresolved ?? [],
    },
    openQuarantine: row.open,
  };
}
