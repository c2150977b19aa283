import { createHash } from 'node:crypto';
import { newId, type InventoryDeclared } from '#events';
import type { EntityManager } from 'typeorm';
import { closeAndOpenAttachment, loadAttachments } from '../attachments/attachments.store.js';
import type { Device, Interface } from './device.js';
import type { DeviceData, Place } from './device-event.js';

export interface DeclaredAsset {
  deviceId: string;
  declared: InventoryDeclared['data'];
  declaredAt: Date;
}

/** Only one transaction at a time gives out device ids or moves interfaces between devices. */
async function lockDevices(manager: EntityManager): Promise<void> {
  await manager.query("SELECT pg_advisory_xact_lock(hashtext('discovery-devices'))");
}

/**
 * Keeps what people declared of an asset and returns its device's id, which it has for good: an id that it had before,
 * or that of an undeclared device with one of its MACs, or a new one.
 */
export async function saveAsset(
  manager: EntityManager,
  declared: InventoryDeclared['data'],
  at: Date,
): Promise<string> {
  await lockDevices(manager);
  const { site, realm, asset } = declared;
  const macs = declared.interfaces.map(({ mac }) => mac);
  const adopted: { device_id: string }[] = await manager.query(
    `SELECT d.device_id FROM interfaces i JOIN devices d USING (device_id)
      WHERE i.site = $1 AND i.realm = $2 AND i.mac = ANY($3::macaddr[]) AND d.asset IS NULL
        AND NOT EXISTS (SELECT FROM assets a WHERE a.device_id = d.device_id)
      ORDER BY d.created_at LIMIT 1`,
    [site, realm, macs],
  );
  const rows: { device_id: string }[] = await manager.query(
    `INSERT INTO assets (site, realm, asset, device_id, declared, declared_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (site, realm, asset) DO UPDATE SET declared = excluded.declared, declared_at = excluded.declared_at
     RETURNING device_id`,
    [site, realm, asset, adopted[0]?.device_id ?? newId(), JSON.stringify(declared), at],
  );
  const [row] = rows;
  if (!row) throw new Error('an upsert returned no row');
  return row.device_id;
}

export async function loadAssets(manager: EntityManager, { site, realm }: Place): Promise<DeclaredAsset[]> {
  const rows: { device_id: string; declared: string; declared_at: Date }[] = await manager.query(
    'SELECT device_id, declared, declared_at FROM assets WHERE site = $1 AND realm = $2',
    [site, realm],
  );
  return rows.map((row) => ({
    deviceId: row.device_id,
    declared: JSON.parse(row.declared) as DeclaredAsset['declared'],
    declaredAt: row.declared_at,
  }));
}

export async function loadDevices(manager: EntityManager, place: Place): Promise<Device[]> {
  const { site, realm } = place;
  const devices: {
    device_id: string;
    asset: string | null;
    occupies_point: string | null;
    occupies_port: string | null;
    description: string;
  }[] = await manager.query(
    'SELECT device_id, asset, occupies_point, occupies_port, description FROM devices WHERE site = $1 AND realm = $2',
    [site, realm],
  );
  const interfaces = await loadInterfaces(manager, place);
  return devices.map((row) => ({
    deviceId: row.device_id,
    asset: row.asset,
    occupies:
      row.occupies_point !== null && row.occupies_port !== null
        ? { pointId: row.occupies_point, port: row.occupies_port }
        : null,
    description: JSON.parse(row.description) as Device['description'],
    interfaces: interfaces.get(row.device_id) ?? [],
  }));
}

async function loadInterfaces(manager: EntityManager, place: Place): Promise<Map<string, Interface[]>> {
  const attachments = await loadAttachments(manager, place);
  const rows: {
    mac: string;
    device_id: string;
    addressing: Interface['addressing'];
    address: string | null;
    since: Date | null;
    told_by: string | null;
  }[] = await manager.query(
    `SELECT i.mac::text, i.device_id, i.addressing, host(a.address) AS address, lower(a.during) AS since, a.told_by
       FROM interfaces i
       LEFT JOIN addresses a ON a.site = i.site AND a.realm = i.realm AND a.mac = i.mac AND upper_inf(a.during)
      WHERE i.site = $1 AND i.realm = $2 ORDER BY i.mac`,
    [place.site, place.realm],
  );
  const byDevice = new Map<string, Interface[]>();
  for (const { mac, device_id: deviceId, addressing, address, since, told_by: addressToldBy } of rows) {
    const attachment = attachments.get(mac) ?? null;
    const one = { mac, addressing, address, addressSince: since?.getTime() ?? null, addressToldBy, attachment };
    byDevice.set(deviceId, [...(byDevice.get(deviceId) ?? []), one]);
  }
  return byDevice;
}

/**
 * Writes a device with its interfaces, addresses and attachments. `data` is what would be published of it. Returns its
 * new revision if that has changed, else null.
 */
export async function saveDevice(
  manager: EntityManager,
  device: Device,
  data: DeviceData,
  now: Date,
): Promise<number | null> {
  const { site, realm } = data;
  const digest = createHash('sha256').update(JSON.stringify(data)).digest('hex');
  const rows: { revision: string; changed: boolean }[] = await manager.query(
    `INSERT INTO devices AS d (device_id, site, realm, asset, occupies_point, occupies_port, description, revision, published, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)
     ON CONFLICT (device_id) DO UPDATE SET asset = excluded.asset, description = excluded.description,
       revision = d.revision + CASE WHEN d.published IS DISTINCT FROM excluded.published THEN 1 ELSE 0 END,
       published = excluded.published
     RETURNING revision, d.published IS DISTINCT FROM (SELECT o.published FROM devices o WHERE o.device_id = $1) AS changed`,
    [
      device.deviceId,
      site,
      realm,
      device.asset,
      device.occupies?.pointId ?? null,
      device.occupies?.port ?? null,
      JSON.stringify(device.description),
      digest,
      now,
    ],
  );
  await saveInterfaces(manager, device, data, now);
  const [row] = rows;
  return row?.changed === true ? Number(row.revision) : null;
}

async function saveInterfaces(manager: EntityManager, device: Device, data: DeviceData, now: Date): Promise<void> {
  const { site, realm } = data;
  const macs = device.interfaces.map(({ mac }) => mac);
  await manager.query('DELETE FROM interfaces WHERE device_id = $1 AND NOT (mac = ANY($2::macaddr[]))', [
    device.deviceId,
    macs,
  ]);
  for (const one of device.interfaces) {
    await manager.query(
      `INSERT INTO interfaces (site, realm, mac, device_id, addressing) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (site, realm, mac) DO UPDATE SET device_id = excluded.device_id, addressing = excluded.addressing`,
      [site, realm, one.mac, device.deviceId, one.addressing],
    );
    await saveAddress(manager, one, data, now);
    const vlan = data.interfaces.find(({ mac }) => mac === one.mac)?.vlan ?? null;
    await closeAndOpenAttachment(manager, one, data, vlan);
  }
}

async function saveAddress(manager: EntityManager, one: Interface, { site, realm }: Place, now: Date): Promise<void> {
  await manager.query(
    `UPDATE addresses SET during = tstzrange(lower(during), greatest(lower(during), $5), '[)')
      WHERE site = $1 AND realm = $2 AND mac = $3 AND upper_inf(during) AND address IS DISTINCT FROM $4::inet`,
    [site, realm, one.mac, one.address, now],
  );
  if (one.address === null) return;
  await manager.query(
    `INSERT INTO addresses (site, realm, mac, address, during, told_by)
     VALUES ($1, $2, $3, $4, tstzrange($5, NULL, '[)'), $6) ON CONFLICT (site, realm, mac) WHERE upper_inf(during) DO NOTHING`,
    [site, realm, one.mac, one.address, new Date(one.addressSince ?? now.getTime()), one.addressToldBy ?? 'inventory'],
  );
}
