import type { EntityManager } from 'typeorm';
import type { SeenIsolation } from '#events';
import { noticeOf, type Notice } from '../notify/notice.js';
import { noteOnQuarantine } from './quarantine.store.js';
import { recordChange } from './record.store.js';
import { compareConditions, type KeptCondition } from './report.js';
import type { Quarantine } from './situation.js';
import type { Act } from './steps.store.js';

/** Conditions that people are told about when they begin. */
const TOLD = ['ClinicalBroken', 'Conflict'] as const;

/**
 * Keeps what enforcement has seen: interfaces, conditions and truth, each change with its event and audit entry. Returns
 * what people must be told.
 */
export async function keepReport(act: Act, quarantine: Quarantine, seen: SeenIsolation['data']): Promise<Notice[]> {
  const { manager, situation } = act;
  await keepInterfaces(manager, quarantine.id, seen.interfaces);
  const change = compareConditions(await readConditions(manager, quarantine.id), seen.conditions);
  await keepConditions(manager, quarantine.id, change);
  const truthChanged = quarantine.truth !== seen.truth;
  const refusalChanged = quarantine.refusal !== seen.refusal;
  if (!truthChanged && !change.changed && !refusalChanged && quarantine.weakestMac === seen.weakestMac) return [];
  const noted = await noteOnQuarantine(manager, quarantine, {
    truth: seen.truth,
    weakest_mac: seen.weakestMac,
    refusal: seen.refusal,
  });
  if (!noted) throw new TypeError('a quarantine was moved without the writer lock');
  if (truthChanged) {
    const reason = seen.refusal ?? `${quarantine.truth} → ${seen.truth}`;
    await recordChange(manager, 'truth-changed', noted, situation.device, { ...act, reason });
  }
  if (change.changed) {
    const reason = seen.conditions.map(({ condition, reason }) => `${condition}: ${reason}`).join('; ') || 'none left';
    await recordChange(manager, 'condition-changed', noted, situation.device, { ...act, reason });
  }
  return change.begun.flatMap(({ condition, reason }) => {
    const about = TOLD.find((name) => name === condition);
    return about ? [noticeOf(about, noted, situation.device, reason)] : [];
  });
}

export async function readConditions(manager: EntityManager, quarantineId: string): Promise<KeptCondition[]> {
  const rows: (Omit<KeptCondition, 'since'> & { since: Date })[] = await manager.query(
    'SELECT condition, reason, since, observer FROM conditions WHERE quarantine_id = $1 ORDER BY condition, observer',
    [quarantineId],
  );
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

async function keepConditions(
  manager: EntityManager,
  quarantineId: string,
  { set, cleared }: ReturnType<typeof compareConditions>,
): Promise<void> {
  for (const { condition, observer } of cleared) {
    await manager.query('DELETE FROM conditions WHERE quarantine_id = $1 AND condition = $2 AND observer = $3', [
      quarantineId,
      condition,
      observer,
    ]);
  }
  for (const { condition, observer, reason, since } of set) {
    await manager.query(
      `INSERT INTO conditions (quarantine_id, condition, observer, reason, since) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (quarantine_id, condition, observer) DO UPDATE SET reason = EXCLUDED.reason, since = EXCLUDED.since`,
      [quarantineId, condition, observer, reason, since],
    );
  }
}

async function keepInterfaces(
  manager: EntityManager,
  quarantineId: string,
  interfaces: SeenIsolation['data']['interfaces'],
): Promise<void> {
  await manager.query('DELETE FROM quarantine_interfaces WHERE quarantine_id = $1 AND mac <> ALL ($2::macaddr[])', [
    quarantineId,
    interfaces.map(({ mac }) => mac),
  ]);
  for (const seen of interfaces) {
    await manager.query(
      `INSERT INTO quarantine_interfaces (quarantine_id, mac, truth, body) VALUES ($1, $2, $3, $4)
       ON CONFLICT (quarantine_id, mac) DO UPDATE SET truth = EXCLUDED.truth, body = EXCLUDED.body`,
      [quarantineId, seen.mac, seen.truth, JSON.stringify(seen)],
    );
  }
}
