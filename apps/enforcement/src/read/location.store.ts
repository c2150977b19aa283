import type { EntityManager } from 'typeorm';
import type { Place } from '../lanes.js';
import type { Location } from './location.js';

/** Keeps a device as discovery published it, unless a newer revision is kept. Returns whether it was news. */
export async function keepLocation(manager: EntityManager, location: Location, receivedAt: Date): Promise<boolean> {
  const { deviceId } = location;
  const rows: unknown[] = await manager.query(
    `INSERT INTO locations (device_id, revision, body, received_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (device_id) DO UPDATE SET revision = EXCLUDED.revision, body = EXCLUDED.body,
       received_at = EXCLUDED.received_at
     WHERE locations.revision < EXCLUDED.revision
     RETURNING device_id`,
    [deviceId, location.revision, JSON.stringify(location), receivedAt],
  );
  if (rows.length === 0) return false;
  await manager.query('DELETE FROM location_interfaces WHERE device_id = $1', [deviceId]);
  await manager.query(
    `INSERT INTO location_interfaces (device_id, mac, address, point_id, port, vlan)
     SELECT $1, one.mac, one.address, one."pointId", one.port, one.vlan
     FROM jsonb_to_recordset($2::jsonb) AS one (mac macaddr, address inet, "pointId" text, port text, vlan integer)`,
    [deviceId, JSON.stringify(location.interfaces)],
  );
  return true;
}

/** Where every device is plugged in that discovery has placed: the switches of its interfaces. */
export async function placed(manager: EntityManager): Promise<(Place & { deviceId: string })[]> {
  const rows: (Place & { device_id: string })[] = await manager.query(
    `SELECT device_id, array_agg(mac::text) AS macs, array_agg(DISTINCT point_id) AS switches FROM location_interfaces
     WHERE point_id IS NOT NULL GROUP BY device_id`,
  );
  return rows.map(({ device_id: deviceId, macs, switches }) => ({ deviceId, macs, switches }));
}
