import type { EntityManager } from 'typeorm';
import type { Wanted } from './wanted.js';

/**
 * Keeps a wish if it is newer than the one that is kept, by (epoch, generation). A hold comes under the same generation,
 * so there the later word on `frozen` counts; and when it ends, that is noted. Returns whether there is something to do.
 */
export async function keepWanted(manager: EntityManager, wanted: Wanted, receivedAt: Date): Promise<boolean> {
  const kind = wanted.mode === 'preview' ? 'preview' : 'isolation';
  const rows: unknown[] = await manager.query(
    `INSERT INTO wanted (device_id, kind, quarantine_id, epoch, generation, frozen, body, received_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (device_id, kind) DO UPDATE SET
       quarantine_id = EXCLUDED.quarantine_id, epoch = EXCLUDED.epoch, generation = EXCLUDED.generation,
       frozen = EXCLUDED.frozen, body = EXCLUDED.body, received_at = EXCLUDED.received_at, answered = false,
       unfrozen_at = CASE WHEN wanted.frozen AND NOT EXCLUDED.frozen THEN EXCLUDED.received_at ELSE wanted.unfrozen_at END
     WHERE (wanted.epoch, wanted.generation) <= (EXCLUDED.epoch, EXCLUDED.generation)
     RETURNING device_id`,
    [
      wanted.deviceId,
      kind,
      wanted.quarantineId,
      wanted.epoch,
      wanted.generation,
      wanted.frozen,
      JSON.stringify(wanted),
      receivedAt,
    ],
  );
  if (rows.length === 0) return false;
  await giveNumbers(manager, wanted.deviceId, wanted.macs);
  return true;
}

/** Devices whose isolation or release is to be looked after, and those that wait for a plan. */
export async function openDevices(manager: EntityManager): Promise<string[]> {
  const rows: { device_id: string }[] = await manager.query(
    `SELECT DISTINCT w.device_id FROM wanted w LEFT JOIN isolations i USING (device_id)
     WHERE (w.kind = 'preview' AND NOT w.answered)
        OR (w.kind = 'isolation' AND NOT (i.mode IS NOT DISTINCT FROM 'release' AND i.truth = 'proven'
            AND (i.epoch, i.generation) = (w.epoch, w.generation)))`,
  );
  return rows.map((row) => row.device_id);
}

async function giveNumbers(manager: EntityManager, deviceId: string, macs: readonly string[]): Promise<void> {
  await manager.query(
    `INSERT INTO device_numbers (device_id, mac, number)
     SELECT $1, mac, nextval('device_number') FROM unnest($2::macaddr[]) AS mac
     WHERE NOT EXISTS (SELECT 1 FROM device_numbers n WHERE n.device_id = $1 AND n.mac = mac.mac)
     ON CONFLICT DO NOTHING`,
    [deviceId, macs],
  );
}
