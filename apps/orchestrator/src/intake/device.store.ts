import type { EntityManager } from 'typeorm';
import type { DeviceChanged } from '#events';

type Device = DeviceChanged['data'];

/** A device as it was kept; null: new. */
export async function readDevice(manager: EntityManager, deviceId: string): Promise<Device | null> {
  const rows: { body: string }[] = await manager.query('SELECT body FROM devices WHERE device_id = $1', [deviceId]);
  return rows[0] ? (JSON.parse(rows[0].body) as Device) : null;
}

/** Keeps a device. False: what is kept is as new or newer. */
export async function keepDevice(manager: EntityManager, device: Device): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    `INSERT INTO devices (device_id, revision, site, realm, asset, name, ward, ae_titles, addresses, infrastructure, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::inet[], $10, $11)
     ON CONFLICT (device_id) DO UPDATE SET revision = EXCLUDED.revision, site = EXCLUDED.site, realm = EXCLUDED.realm,
       asset = EXCLUDED.asset, name = EXCLUDED.name, ward = EXCLUDED.ward, ae_titles = EXCLUDED.ae_titles,
       addresses = EXCLUDED.addresses, infrastructure = EXCLUDED.infrastructure, body = EXCLUDED.body
       WHERE devices.revision < EXCLUDED.revision
     RETURNING device_id`,
    [
      device.deviceId,
      device.revision,
      device.site,
      device.realm,
      device.asset,
      device.name,
      device.ward,
      device.aeTitles,
      device.interfaces.flatMap(({ address }) => (address ? [address] : [])),
      device.infrastructure,
      JSON.stringify(device),
    ],
  );
  return rows.length > 0;
}

/** Which of the devices have an open quarantine. */
export async function quarantined(manager: EntityManager, deviceIds: readonly string[]): Promise<string[]> {
  const rows: { device_id: string }[] = await manager.query(
    `SELECT device_id FROM quarantines
     WHERE device_id = ANY($1::text[]) AND decision IN ('proposed', 'approved', 'released') ORDER BY device_id`,
    [deviceIds],
  );
  return rows.map(({ device_id }) => device_id);
}
