import type { EntityManager } from 'typeorm';
import type { KillSwitch } from '../commands.js';

export async function readKillSwitch(manager: EntityManager): Promise<KillSwitch> {
  const [row]: { on: boolean; reason: string; by: string; since: Date | null }[] = await manager.query(
    `SELECT kill_switch AS on, kill_switch_reason AS reason, kill_switch_by AS by, kill_switch_at AS since
     FROM settings WHERE id = 1`,
  );
  if (!row) throw new TypeError('settings has lost its row');
  return { ...row, since: row.since?.toISOString() ?? null };
}
