import type { EntityManager } from 'typeorm';
import type { Interface } from '../devices/device.js';
import type { Place } from '../devices/device-event.js';
import type { Attachment } from './attachment.js';

interface Row {
  mac: string;
  point_id: string;
  port: string;
  since: Date;
  told_by: string;
  lost_at: Date | null;
  link_resets: string;
  second_port: string | null;
  second_seen_at: Date | null;
}

/** Where each interface is plugged in now, by MAC. */
export async function loadAttachments(
  manager: EntityManager,
  { site, realm }: Place,
): Promise<Map<string, Attachment>> {
  const rows: Row[] = await manager.query(
    `SELECT mac::text, point_id, port, since, told_by, lost_at, link_resets, second_port, second_seen_at
       FROM attachments WHERE site = $1 AND realm = $2 AND until IS NULL`,
    [site, realm],
  );
  return new Map(rows.map((row) => [row.mac, attachmentOf(row)]));
}

function attachmentOf(row: Row): Attachment {
  const second =
    row.second_port !== null && row.second_seen_at !== null
      ? { port: row.second_port, seenAt: row.second_seen_at.getTime() }
      : null;
  return {
    pointId: row.point_id,
    port: row.port,
    since: row.since.getTime(),
    toldBy: row.told_by,
    lostAt: row.lost_at?.getTime() ?? null,
    linkResets: Number(row.link_resets),
    second,
  };
}

/** Ends the attachment at another port, if there is one, and writes the one of now. */
export async function closeAndOpenAttachment(
  manager: EntityManager,
  { mac, attachment }: Interface,
  { site, realm }: Place,
  vlan: number | null,
): Promise<void> {
  if (!attachment) return;
  const { pointId, port, toldBy, linkResets, second } = attachment;
  const since = new Date(attachment.since);
  await manager.query(
    `UPDATE attachments SET until = greatest(since, $6::timestamptz)
      WHERE site = $1 AND realm = $2 AND mac = $3 AND until IS NULL AND (point_id, port, since) IS DISTINCT FROM ($4, $5, $6)`,
    [site, realm, mac, pointId, port, since],
  );
  await manager.query(
    `INSERT INTO attachments AS a (site, realm, mac, point_id, port, vlan, since, told_by, lost_at, link_resets, second_port, second_seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (site, realm, mac) WHERE until IS NULL DO UPDATE SET vlan = excluded.vlan, lost_at = excluded.lost_at,
       link_resets = excluded.link_resets, second_port = excluded.second_port, second_seen_at = excluded.second_seen_at`,
    [
      site,
      realm,
      mac,
      pointId,
      port,
      vlan,
      since,
      toldBy,
      attachment.lostAt === null ? null : new Date(attachment.lostAt),
      linkResets,
      second?.port ?? null,
      second ? new Date(second.seenAt) : null,
    ],
  );
}
