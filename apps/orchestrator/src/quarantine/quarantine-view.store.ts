import type { EntityManager } from 'typeorm';
import type { DeviceChanged, QuarantineEvent, SeenInterface } from '#events';
import { readApprovals } from '../approval/approval.store.js';
import type { Listed, Page, QuarantineFilter } from '../commands.js';
import { readDailyFlows } from '../intake/conversation.store.js';
import { evaluate } from '../policy/evaluate.js';
import type { PolicyInForce } from '../policy/policy.js';
import type { QuarantineSummary, QuarantineView, StreamedEvent, TimelineEntry } from '../queries.js';
import { TO_ACT_ALONE, allFindings } from './findings.js';
import { quarantineOf, type QuarantineRow } from './row.js';
import { readSituation } from './situation.store.js';
import type { Quarantine } from './situation.js';
import { timelineOf } from './timeline.js';
import { isKept, summaryOf } from './view.js';

interface Row {
  quarantine: QuarantineRow;
  device: string;
  given: number;
  conditions: { condition: string; reason: string; since: string; observer: string }[] | null;
}

const SUMMARY = `
  SELECT to_jsonb(q) || jsonb_build_object('plan', p.plan) AS quarantine, d.body AS device,
    (SELECT count(*)::int FROM approvals a WHERE a.quarantine_id = q.id AND a.plan_digest = q.plan_digest
      AND a.policy_version = q.policy_version AND a.spent_at IS NULL) AS given,
    (SELECT jsonb_agg(jsonb_build_object('condition', k.condition, 'reason', k.reason, 'since', k.since, 'observer', k.observer)
      ORDER BY k.condition, k.observer) FROM conditions k WHERE k.quarantine_id = q.id) AS conditions
  FROM quarantines q JOIN devices d ON d.device_id = q.device_id
  LEFT JOIN previews p ON p.quarantine_id = q.id AND p.plan_digest = q.plan_digest`;

/** Days of traffic that are shown beside a proposal. */
const TRAFFIC_MS = 7 * 86_400_000;

/** Quarantines, newest first; `next` is the id to go on from. Ids are UUIDv7, so they sort by time. */
export async function listQuarantines(
  manager: EntityManager,
  filter: QuarantineFilter,
  { limit, cursor }: Page,
): Promise<Listed<QuarantineSummary>> {
  const rows: Row[] = await manager.query(
    `${SUMMARY} WHERE ($1::text IS NULL OR q.decision = $1) AND ($2::text IS NULL OR q.truth = $2)
       AND ($3::text IS NULL OR EXISTS (SELECT 1 FROM conditions k WHERE k.quarantine_id = q.id AND k.condition = $3))
       AND ($4::text IS NULL OR q.device_id = $4) AND ($5::text IS NULL OR q.id < $5)
     ORDER BY q.id DESC LIMIT $6`,
    [
      filter.decision ?? null,
      filter.truth ?? null,
      filter.condition ?? null,
      filter.deviceId ?? null,
      cursor,
      limit + 1,
    ],
  );
  const items = rows.slice(0, limit).map(summaryFrom);
  return { items, next: rows.length > limit ? (items.at(-1)?.quarantineId ?? null) : null };
}

export async function readQuarantineView(
  manager: EntityManager,
  inForce: PolicyInForce,
  quarantineId: string,
  now: Date,
): Promise<QuarantineView | null> {
  const [row]: Row[] = await manager.query(`${SUMMARY} WHERE q.id = $1`, [quarantineId]);
  if (!row) return null;
  const quarantine = quarantineOf(row.quarantine);
  const { planDigest, policyVersion } = quarantine;
  const approvals = planDigest ? await readApprovals(manager, { quarantineId, planDigest, policyVersion }) : [];
  const traffic = await readDailyFlows(manager, quarantine.deviceId, new Date(now.getTime() - TRAFFIC_MS));
  return {
    ...summaryFrom(row),
    requestedBy: quarantine.requestedBy,
    reason: quarantine.reason,
    rule: quarantine.rule,
    assessment: quarantine.assessment,
    approvals: approvals.map(({ at, ...approval }) => ({ ...approval, at: at.toISOString() })),
    plan: quarantine.plan,
    planDigest,
    policyVersion,
    permits: quarantine.permits,
    kept: traffic.filter((flow) => isKept(flow, quarantine)),
    cut: traffic.filter((flow) => !isKept(flow, quarantine)),
    whyNotAlone: await whyNotAlone(manager, inForce, quarantine),
    interfaces: await readInterfaces(manager, quarantineId),
    refusal: quarantine.refusal,
    epoch: quarantine.epoch,
    generation: quarantine.generation,
    lapsesAt: quarantine.lapseAt?.toISOString() ?? null,
    reviewAt: quarantine.reviewAt?.toISOString() ?? null,
    closesAt: quarantine.closeAt?.toISOString() ?? null,
    undo: undoLines(quarantine),
  };
}

/** The history of a quarantine: its events, and the steps that were seen on the wire, each with its own time. */
export async function readTimeline(manager: EntityManager, quarantineId: string): Promise<TimelineEntry[] | null> {
  const rows: { body: string }[] = await manager.query(
    'SELECT body FROM quarantine_events WHERE quarantine_id = $1 ORDER BY seq',
    [quarantineId],
  );
  if (rows.length === 0) return null;
  const events = rows.map(({ body }) => JSON.parse(body) as QuarantineEvent);
  return timelineOf(events, await readInterfaces(manager, quarantineId));
}

export async function readUndo(manager: EntityManager, quarantineId: string): Promise<string | null> {
  const [row]: { undo: string | null }[] = await manager.query('SELECT undo FROM quarantines WHERE id = $1', [
    quarantineId,
  ]);
  return row ? `${row.undo ?? '# No plan has been made, so there is nothing to undo.'}\n` : null;
}

/** Events after a place in the stream. `seq` is given under the writer lock, so a lower one never appears later. */
export async function readEvents(
  manager: EntityManager,
  afterSeq: number,
  limit: number,
): Promise<{ items: StreamedEvent[]; oldest: number; newest: number }> {
  const rows: { seq: string; body: string }[] = await manager.query(
    'SELECT seq, body FROM quarantine_events WHERE seq > $1 ORDER BY seq LIMIT $2',
    [afterSeq, limit],
  );
  const [ends]: { oldest: string; newest: string }[] = await manager.query(
    'SELECT coalesce(min(seq), 0) AS oldest, coalesce(max(seq), 0) AS newest FROM quarantine_events',
  );
  const items = rows.map(({ seq, body }) => ({ seq: Number(seq), event: JSON.parse(body) as QuarantineEvent }));
  return { items, oldest: Number(ends?.oldest ?? 0), newest: Number(ends?.newest ?? 0) };
}

async function readInterfaces(manager: EntityManager, quarantineId: string): Promise<SeenInterface[]> {
  const rows: { body: string }[] = await manager.query(
    'SELECT body FROM quarantine_interfaces WHERE quarantine_id = $1 ORDER BY mac',
    [quarantineId],
  );
  return rows.map(({ body }) => JSON.parse(body) as SeenInterface);
}

async function whyNotAlone(manager: EntityManager, { policy }: PolicyInForce, quarantine: Quarantine) {
  if (quarantine.decision !== 'proposed') return [];
  const situation = await readSituation(manager, quarantine.deviceId);
  if (!situation) return [];
  const verdict = evaluate(policy, situation.device, situation.assessment);
  return allFindings(TO_ACT_ALONE, { policy, verdict, situation });
}

function summaryFrom({ quarantine, device, given, conditions }: Row): QuarantineSummary {
  return summaryOf(quarantineOf(quarantine), JSON.parse(device) as DeviceChanged['data'], given, conditions ?? []);
}

function undoLines({ undo }: Quarantine): string[] {
  return undo ? undo.split('\n') : [];
}
