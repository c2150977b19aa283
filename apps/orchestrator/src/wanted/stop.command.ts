import type { DataSource, EntityManager } from 'typeorm';
import { inTransaction } from '#storage';
import { appendAudit, lockWriter } from '../audit/audit.store.js';
import { StopCommands, type Actor, type KillSwitch, type Result } from '../commands.js';
import { readKillSwitch } from './stop.store.js';
import { setFrozen } from './wanted.store.js';

/**
 * Hold and kill switch: one field of what is wanted, `frozen`, published in the transaction that sets it; so enforcement
 * hears of it in milliseconds, reads it before its next write, and goes on reading and proving.
 */
export class StoredStopCommands extends StopCommands {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override hold(deviceId: string, reason: string, actor: Actor): Promise<Result<null, 'not-found'>> {
    return this.onDevice(deviceId, async (manager, now) => {
      await manager.query(
        `INSERT INTO holds (device_id, reason, held_by, held_at) VALUES ($1, $2, $3, $4) ON CONFLICT (device_id) DO NOTHING`,
        [deviceId, reason, actor.name, now],
      );
      await setFrozen(manager, deviceId, now);
      const subject = `device/${deviceId}`;
      await appendAudit(manager, { actor, action: 'device.held', subject, facts: { reason }, at: now });
    });
  }

  override unhold(deviceId: string, reason: string, actor: Actor): Promise<Result<null, 'not-found'>> {
    return this.onDevice(deviceId, async (manager, now) => {
      await manager.query('DELETE FROM holds WHERE device_id = $1', [deviceId]);
      await setFrozen(manager, deviceId, now);
      const subject = `device/${deviceId}`;
      await appendAudit(manager, { actor, action: 'device.unheld', subject, facts: { reason }, at: now });
    });
  }

  override setKillSwitch(on: boolean, reason: string, actor: Actor): Promise<KillSwitch> {
    return inTransaction(this.dataSource, async (manager) => {
      await lockWriter(manager);
      const now = new Date();
      await manager.query(
        `UPDATE settings SET kill_switch = $1, kill_switch_reason = $2, kill_switch_by = $3, kill_switch_at = $4 WHERE id = 1`,
        [on, reason, actor.name, now],
      );
      const devices = await setFrozen(manager, null, now);
      const action = on ? 'kill-switch.on' : 'kill-switch.off';
      await appendAudit(manager, { actor, action, subject: 'kill-switch', facts: { reason, devices }, at: now });
      return readKillSwitch(manager);
    });
  }

  private onDevice(
    deviceId: string,
    work: (manager: EntityManager, now: Date) => Promise<void>,
  ): Promise<Result<null, 'not-found'>> {
    return inTransaction(this.dataSource, async (manager): Promise<Result<null, 'not-found'>> => {
      await lockWriter(manager);
      const known: unknown[] = await manager.query('SELECT 1 FROM devices WHERE device_id = $1', [deviceId]);
      if (known.length === 0)
        return { ok: false, refusal: { problem: 'not-found', message: 'There is no such device.' } };
      await work(manager, new Date());
      return { ok: true, value: null };
    });
  }
}
