import { z } from 'zod';
import { QUARANTINE_CHANGES, type QuarantineEvent } from '#events';
import { isAddressRange } from './addresses.js';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Plain HTTP would show to the network which device is under suspicion; a proxy on the same machine may have it. */
const receiverUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !URL.canParse(text) || isSheltered(new URL(text)), 'expected https (http only to this machine)')
  .refine((text) => !URL.canParse(text) || isWithoutCredentials(new URL(text)), 'credentials do not belong into a url');

/**
 * One receiver of webhooks and what it is told. Its secrets are in files of their own, `whsec_` and base64, read at each
 * use: the first signs, and while a secret is being changed the new one and the old one both do.
 */
export const webhookSubscription = z.strictObject({
  /** Its place in the database: deliveries go on where they stood under this name. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected a-z, 0-9 and -'),
  url: receiverUrl,
  secretFiles: z.array(z.string().min(1)).min(1).max(2),
  /** The last words of the event types. Left out: all. */
  events: z.array(z.enum(QUARANTINE_CHANGES)).min(1).nullable().default(null),
  /** Left out: all sites. */
  sites: z.array(z.string().min(1)).min(1).nullable().default(null),
  /** Addresses and ranges that may be connected to though they are not public. */
  allowAddresses: z.array(z.string().refine(isAddressRange, 'expected an address or a range')).default([]),
  /** Certificates (PEM) that vouch for the receiver, instead of the machine's. */
  caFile: z.string().min(1).nullable().default(null),
  timeoutSeconds: z.int().min(1).max(60).default(10),
  /** So long after an event its delivery is tried; then it is kept, named, and sent at a person's word. */
  giveUpDays: z.number().positive().max(30).default(3),
});
export type WebhookSubscription = z.output<typeof webhookSubscription>;

export const webhookSubscriptions = z
  .array(webhookSubscription)
  .max(50)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names have to differ')
  .default([]);

/** Whether a subscription is told of an event. The body is looked into only where the site matters. */
export function isTold(
  { events, sites }: Pick<WebhookSubscription, 'events' | 'sites'>,
  { type, body }: { type: string; body: string | null },
): boolean {
  if (events && !events.some((change) => type === `lazaret.quarantine.${change}`)) return false;
  return !sites || (body !== null && sites.includes((JSON.parse(body) as QuarantineEvent).data.site));
}

function isSheltered({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || LOOPBACK.test(hostname);
}

function isWithoutCredentials({ username, password }: URL): boolean {
  return username === '' && password === '';
}
