/** A frame or a table entry that shows a MAC at an access port. Times are milliseconds since 1970. */
export interface Sighting {
  pointId: string;
  port: string;
  at: number;
  toldBy: string;
}

/** A second live port at which the MAC was seen while its own kept its link. */
export interface SecondPort {
  port: string;
  seenAt: number;
}

/** Where an interface is plugged in. `lostAt`: since when its port has lost its link without the MAC being seen there again. */
export interface Attachment {
  pointId: string;
  port: string;
  since: number;
  toldBy: string;
  lostAt: number | null;
  /** The port's count of link changes when it was last looked at, so that a loss while we were away is seen too. */
  linkResets: number;
  second: SecondPort | null;
}

/** What a port is now, as far as attachments care. */
export interface PortLink {
  linkUp: boolean;
  linkResets: number;
}

/** How long a MAC stays ambiguous after it was last seen at the second port. */
export const AMBIGUOUS_MS = 60_000;

/**
 * The rule of where a device is: an attachment moves only if its old port has lost its link since. A MAC can be
 * cloned, and a clone at a second port takes the switch's table entry and even completes handshakes; a cable can't be
 * in two sockets. So a MAC that is seen at a second live port stays where it was, and is ambiguous.
 *
 * A sighting older than the loss proves nothing: tables and caches tell of frames up to seconds old.
 */
export function afterSighting(attachment: Attachment | null, sighting: Sighting, link: PortLink): Attachment {
  if (!attachment) return attachedBy(sighting, link);
  const here = attachment.pointId === sighting.pointId && attachment.port === sighting.port;
  const { lostAt } = attachment;
  if (here)
    return lostAt !== null && link.linkUp && sighting.at > lostAt ? { ...attachment, lostAt: null } : attachment;
  if (lostAt !== null) return sighting.at > lostAt ? attachedBy(sighting, link) : attachment;
  const seenAt =
    attachment.second?.port === sighting.port ? Math.max(attachment.second.seenAt, sighting.at) : sighting.at;
  return { ...attachment, second: { port: sighting.port, seenAt } };
}

/** What a look at the attachment's own port means. Null: the port is gone, which ends its link too. */
export function afterLink(attachment: Attachment, link: PortLink | null, at: number): Attachment {
  if (!link) return attachment.lostAt !== null ? attachment : { ...attachment, lostAt: at };
  const changed = link.linkResets > attachment.linkResets;
  const down = !link.linkUp && attachment.lostAt === null;
  if (changed || down) return { ...attachment, lostAt: at, linkResets: link.linkResets };
  // A lower count is a switch that started anew: no loss of this cable.
  return link.linkResets === attachment.linkResets ? attachment : { ...attachment, linkResets: link.linkResets };
}

/** Ends the ambiguity when the second port has lost its link, or the MAC has not been seen there for a while. */
export function afterSecondPort(attachment: Attachment, secondLink: PortLink | null, now: number): Attachment {
  if (!attachment.second) return attachment;
  const over = !secondLink?.linkUp || now - attachment.second.seenAt > AMBIGUOUS_MS;
  return over ? { ...attachment, second: null } : attachment;
}

function attachedBy(sighting: Sighting, link: PortLink): Attachment {
  const { pointId, port, at, toldBy } = sighting;
  return { pointId, port, since: at, toldBy, lostAt: null, linkResets: link.linkResets, second: null };
}
