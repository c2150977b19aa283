import type { LazaretEvent } from '#events';
import { publishInTransaction } from '#messaging';
import { inTransaction } from '#storage';
import type { DataSource, EntityManager } from 'typeorm';
import { RENEW_SQL, beginAttempt, markSent } from './apply/attempts.store.js';
import type { Begun, Intent } from './apply/outcome.js';
import type { UndoSheet } from './apply/undo-sheet.js';
import { keepUndoSheet } from './apply/undo-sheet.store.js';
import { loadKnown } from './known.store.js';
import type { Known } from './known.js';
import type { Answered, LoopStore, Saved } from './loop.js';
import { keepRun } from './seen/state.store.js';

/** Another replica has taken the device's lease: what this run found may be old, so it leaves nothing behind. */
export class LeaseLost extends Error {
  readonly code = 'lease-lost';
  readonly retry = 'transient' as const;
}

/** A newer request that came meanwhile stays open. */
const ANSWER_SQL = `
WITH lease AS (${RENEW_SQL}
), plan AS (
  INSERT INTO plans (digest, device_id, body, made_at) SELECT $3, $1, $4, $5 WHERE EXISTS (SELECT 1 FROM lease)
  ON CONFLICT (digest) DO NOTHING
), isolation AS (
  INSERT INTO isolations (device_id, epoch, generation, revision, truth, conditions)
  SELECT $1, 0, 0, $6, 'intended', '[]' WHERE EXISTS (SELECT 1 FROM lease)
  ON CONFLICT (device_id) DO UPDATE SET revision = EXCLUDED.revision
), preview AS (
  UPDATE wanted SET answered = $9 WHERE device_id = $1 AND kind = 'preview' AND epoch = $7 AND generation = $8
    AND EXISTS (SELECT 1 FROM lease)
)
SELECT EXISTS (SELECT 1 FROM lease) AS leased`;

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

  async save(saved: Saved): Promise<void> {
    const { dataSource, holder, now } = this.options;
    if (saved.events.length === 0) return required(await keepRun(dataSource.manager, holder, saved, now()));
    await inTransaction(dataSource, async (manager) => {
      required(await keepRun(manager, holder, saved, now()));
      await publishAll(manager, saved.events);
    });
  }

  answer({ isFinal, events, ...answered }: Answered): Promise<void> {
    const { dataSource, holder, now } = this.options;
    return inTransaction(dataSource, async (manager) => {
      const [row] = await manager.query<{ leased: boolean }[]>(ANSWER_SQL, [
        answered.deviceId,
        holder,
        answered.digest,
        answered.planText,
        now(),
        answered.revision,
        answered.epoch,
        answered.generation,
        isFinal,
      ]);
      required(row?.leased ?? false);
      await publishAll(manager, events);
    });
  }

  /** Gives back every lease, so that a successor need not wait for them to run out. */
  async release(): Promise<void> {
    await this.options.dataSource.query('DELETE FROM leases WHERE holder = $1', [this.options.holder]);
  }
}

function required(leased: boolean): void {
  if (!leased) throw new LeaseLost('another replica works on this device');
}

async function publishAll(manager: EntityManager, events: readonly LazaretEvent[]): Promise<void> {
  for (const event of events) await publishInTransaction(manager, event);
}
