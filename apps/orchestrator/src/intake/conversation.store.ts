import type { EntityManager } from 'typeorm';
import type { DailyFlow } from '../queries.js';
import type { DayCount } from './daily-flow.js';

/** Adds to the counts of the days. Not idempotent: called once for an event. */
export async function addDayCounts(
  manager: EntityManager,
  deviceId: string,
  counts: readonly DayCount[],
): Promise<void> {
  if (counts.length === 0) return;
  await manager.query(
    `INSERT INTO conversations_daily AS c (device_id, day, peer_address, transport, port, opener, frames, octets, last_seen)
     SELECT $1, day, peer_address, transport, port, opener, frames, octets, last_seen
     FROM unnest($2::date[], $3::text[], $4::text[], $5::int[], $6::text[], $7::bigint[], $8::bigint[], $9::timestamptz[])
       AS day (day, peer_address, transport, port, opener, frames, octets, last_seen)
     ON CONFLICT (device_id, day, peer_address, transport, port, opener) DO UPDATE SET frames = c.frames + EXCLUDED.frames,
       octets = c.octets + EXCLUDED.octets, last_seen = greatest(c.last_seen, EXCLUDED.last_seen)`,
    [
      deviceId,
      counts.map(({ day }) => day),
      counts.map(({ peerAddress }) => peerAddress),
      counts.map(({ transport }) => transport),
      counts.map(({ port }) => port),
      counts.map(({ opener }) => opener),
      counts.map(({ frames }) => frames),
      counts.map(({ octets }) => octets),
      counts.map(({ lastSeen }) => lastSeen),
    ],
  );
}

const SHOWN = 500;

/** A device's traffic since a day, newest day first, with the name of the peer where one is known. */
export async function readDailyFlows(manager: EntityManager, deviceId: string, since: Date): Promise<DailyFlow[]> {
  const rows: (Omit<DailyFlow, 'frames' | 'octets' | 'lastSeen'> & {
    frames: string;
    octets: string;
    lastSeen: Date;
  })[] = await manager.query(
    `SELECT to_char(c.day, 'YYYY-MM-DD') AS day, nullif(c.peer_address, '') AS "peerAddress",
         nullif(c.transport, '') AS transport, nullif(c.port, -1) AS port, c.opener, c.frames, c.octets,
         c.last_seen AS "lastSeen", (SELECT d.name FROM devices d
           WHERE d.addresses @> ARRAY[nullif(c.peer_address, '')::inet] ORDER BY d.device_id LIMIT 1) AS "peerName"
       FROM conversations_daily c WHERE c.device_id = $1 AND c.day >= $2::date
       ORDER BY c.day DESC, c.octets DESC, c.peer_address LIMIT ${SHOWN}`,
    [deviceId, since],
  );
  return rows.map((row) => ({
    ...row,
    frames: Number(row.frames),
    octets: Number(row.octets),
    lastSeen: row.lastSeen.toISOString(),
  }));
}

/** Removes days that nobody is shown any more. */
export async function pruneDays(manager: EntityManager, before: Date): Promise<void> {
  await manager.query('DELETE FROM conversations_daily WHERE day < $1::date', [before]);
}
