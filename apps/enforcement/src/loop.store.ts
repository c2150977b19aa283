import type { LazaretEvent } from '#events';
import { publishInTransaction } from '#messaging';
import { inTransaction } from '#storage';
import type { DataSource, EntityManager } from 'typeorm';
import { beginAttempt, endAttempts, markSent, renewLease } from './apply/attempts.store.js';
import type { Begun, Intent } from './apply/outcome.js';
import type { UndoSheet } from './apply/undo-sheet.js';
import { keepUndoSheet } from './apply/undo-sheet.store.js';
import { loadKnown } from './known.store.js';
import type { Known } from './known.js';
import type { Answered, LoopStore, Saved } from './loop.js';
import { beginProofs, keepState } from './seen/state.store.js';

/** Another replica has taken the device's lease: what this run found may be old, so it leaves nothing behind. */
export class LeaseLost extends Error {
  readonly code = 'lease-lost';
  readonly retry = 'transient' as const;
}

export interface PostgresLoopStoreOptions {
  dataSource: DataSource;
  /** This replica, this start of it: a process that was replaced must not pass for its successor. */
  holder: string;
  undoDirectory: string;
  now: () => Date;
}

/** The loop's memory in PostgreSQL. */
export class PostgresLoopStore implements LoopStore {
  constructor(private readonly options: PostgresLoopStoreOptions) {}

  load(deviceId: string): Promise<Known | null> {
    const { dataSource, holder, now } = this.options;
    return loadKnown(dataSource, deviceId, holder, now());
  }

  keepUndo(sheet: UndoSheet): Promise<void> {
    const { dataSource, undoDirectory, now } = this.options;
    return keepUndoSheet(dataSource, undoDirectory, sheet, now());
  }

  begin(intent: Intent): Promise<Begun> {
    const { dataSource, holder, now } = this.options;
    return inTransaction(dataSource, (manager) => beginAttempt(manager, intent, holder, now()));
  }

  sent(attemptId: string): Promise<void> {
    return markSent(this.options.dataSource.manager, attemptId);
  }

  save({ state, outcomes, proofs, events }: Saved): Promise<void> {
    return this.underLease(state.deviceId, async (manager) => {
      await endAttempts(manager, outcomes, this.options.now());
      await keepState(manager, state);
      await beginProofs(manager, state.deviceId, proofs);
      await publishAll(manager, events);
    });
  }

  answer({ deviceId, epoch, generation, digest, planText, revision, events }: Answered): Promise<void> {
    return this.underLease(deviceId, async (manager) => {
      await manager.query(
        'INSERT INTO plans (digest, device_id, body, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING',
        [digest, deviceId, planText, this.options.now()],
      );
      await manager.query(
        `INSERT INTO isolations (device_id, epoch, generation, revision, truth, conditions)
         VALUES ($1, 0, 0, $2, 'intended', '[]') ON CONFLICT (device_id) DO UPDATE SET revision = EXCLUDED.revision`,
        [deviceId, revision],
      );
      // A newer request that came meanwhile stays open.
      await manager.query(
        `UPDATE wanted SET answered = true
         WHERE device_id = $1 AND kind = 'preview' AND epoch = $2 AND generation = $3`,
        [deviceId, epoch, generation],
      );
      await publishAll(manager, events);
    });
  }

  /** Gives back every lease, so that a successor need not wait for them to run out. */
  async release(): Promise<void> {
    await this.options.dataSource.query('DELETE FROM leases WHERE holder = $1', [this.options.holder]);
  }

  private underLease(deviceId: string, work: (manager: EntityManager) => Promise<void>): Promise<void> {
    const { dataSource, holder } = this.options;
    return inTransaction(dataSource, async (manager) => {
      if (!(await renewLease(manager, deviceId, holder))) throw new LeaseLost('another replica works on this device');
      await work(manager);
    });
  }
}

async function publishAll(manager: EntityManager, events: readonly LazaretEvent[]): Promise<void> {
  for (const event of events) await publishInTransaction(manager, event);
}
