import type { EntityManager } from 'typeorm';
import type { AssessmentChanged, Decision, Level, Permit, Truth } from '#events';
import type { Actor } from '../commands.js';
import type { Terms } from '../policy/policy.js';
import { quarantineOf, type QuarantineRow } from './row.js';
import type { Quarantine } from './situation.js';
import { mayMove } from './transitions.js';

/** Columns that a move or a note may change; a Date or null as it is, objects as their JSON text. */
export interface Changes {
  truth?: Truth;
  weakest_mac?: string | null;
  reason?: string;
  rule?: string;
  policy_version?: string;
  terms?: Terms;
  level?: Level;
  log_odds?: number;
  in_words?: string;
  assessment?: AssessmentChanged['data'] | null;
  macs?: string[];
  permits?: Permit[];
  epoch?: number;
  plan_digest?: string | null;
  refusal?: string | null;
  undo?: string | null;
  decided_at?: Date | null;
  decided_by?: string;
  decided_role?: string;
  released_at?: Date;
  lapse_at?: Date | null;
  review_at?: Date | null;
  close_at?: Date | null;
}

/** The next generation of the device, taken in the statement that decides. */
const NEXT_GENERATION = `
  WITH next AS (
    INSERT INTO generations AS g (device_id, generation) VALUES ($1, 1)
    ON CONFLICT (device_id) DO UPDATE SET generation = g.generation + 1 RETURNING generation)`;

export interface NewQuarantine extends Required<
  Pick<Changes, 'reason' | 'rule' | 'policy_version' | 'terms' | 'level' | 'log_odds' | 'in_words' | 'assessment'>
> {
  id: string;
  deviceId: string;
  requestedBy: Actor;
  macs: string[];
  permits: Permit[];
  epoch: number;
  proposedAt: Date;
  lapseAt: Date;
}

/** Begins a quarantine. Null: the device has an open one (the partial unique index says so, whoever raced). */
export async function insertQuarantine(manager: EntityManager, made: NewQuarantine): Promise<Quarantine | null> {
  const rows: { row: QuarantineRow }[] = await manager.query(
    `${NEXT_GENERATION}
     INSERT INTO quarantines AS q (device_id, generation, id, version, decision, truth, requested_by, requested_role, reason,
       rule, policy_version, terms, level, log_odds, in_words, assessment, macs, permits, epoch, proposed_at, lapse_at)
     SELECT $1, next.generation, $2, 1, 'proposed', 'intended', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
       $16, $17 FROM next
     ON CONFLICT (device_id) WHERE decision IN ('proposed', 'approved', 'released') DO NOTHING
     RETURNING to_jsonb(q) AS row`,
    [
      made.deviceId,
      made.id,
      made.requestedBy.name,
      made.requestedBy.role,
      made.reason,
      made.rule,
      made.policy_version,
      json(made.terms),
      made.level,
      made.log_odds,
      made.in_words,
      json(made.assessment),
      made.macs,
      json(made.permits),
      made.epoch,
      made.proposedAt,
      made.lapseAt,
    ],
  );
  return rows[0] ? quarantineOf(rows[0].row) : null;
}

/**
 * Moves a quarantine on the decision axis by one statement that finds it as it was read (decision and version). With
 * `decides` it takes the device's next generation. Null: somebody else was faster.
 */
export async function moveQuarantine(
  manager: EntityManager,
  quarantine: Quarantine,
  to: Decision,
  changes: Changes,
  decides: boolean,
): Promise<Quarantine | null> {
  if (!mayMove(quarantine.decision, to)) throw new TypeError(`no transition ${quarantine.decision} → ${to}`);
  return update(manager, quarantine, to, changes, decides);
}

/** Notes something on a quarantine that stays where it is. Null: somebody else was faster. */
export async function noteOnQuarantine(
  manager: EntityManager,
  quarantine: Quarantine,
  changes: Changes,
  decides = false,
): Promise<Quarantine | null> {
  return update(manager, quarantine, quarantine.decision, changes, decides);
}

async function update(
  manager: EntityManager,
  quarantine: Quarantine,
  to: Decision,
  changes: Changes,
  decides: boolean,
): Promise<Quarantine | null> {
  const entries = Object.entries(changes as Record<string, unknown>).filter(([, value]) => value !== undefined);
  const settings = entries.map(([name], index) => `${name} = $${index + 6}`);
  const generation = decides ? ['generation = next.generation'] : [];
  const [rows]: [{ row: QuarantineRow }[], number] = await manager.query(
    `${decides ? NEXT_GENERATION : ''}
     UPDATE quarantines AS q SET ${['decision = $3', 'version = version + 1', ...generation, ...settings].join(', ')}
     ${decides ? 'FROM next' : ''} WHERE q.device_id = $1 AND q.id = $2 AND q.decision = $4 AND q.version = $5
     RETURNING to_jsonb(q) AS row`,
    [
      quarantine.deviceId,
      quarantine.id,
      to,
      quarantine.decision,
      quarantine.version,
      ...entries.map(([name, value]) => (name === 'macs' ? value : json(value))),
    ],
  );
  return rows[0] ? { ...quarantineOf(rows[0].row), plan: quarantine.plan, reviewDue: quarantine.reviewDue } : null;
}

/** Objects are kept as text of JSON. */
function json(value: unknown): unknown {
  return value === null || typeof value !== 'object' || value instanceof Date ? value : JSON.stringify(value);
}
