import { z } from 'zod';
import { macOf } from '../../mac.js';

/*
 * What FreeRADIUS sends (freeradius/mods-available/lazaret): a form, each field there and empty where the switch's
 * request lacks the attribute.
 */

const text = z.string().max(253);
const orNull = text.transform((value) => (value === '' ? null : value));
const seconds = z
  .string()
  .regex(/^\d{0,10}$/)
  .transform((value) => (value === '' ? 0 : Number(value)));

/** Who asks, and for whom: what both forms have. */
const requester = {
  mac: text,
  user: text,
  serviceType: text,
  nasAddress: orNull,
  nasIdentifier: orNull,
  port: orNull,
  session: orNull,
};

/** How a switch names itself. */
export interface NasName {
  nasAddress: string | null;
  nasIdentifier: string | null;
}

const questionForm = z.strictObject({ ...requester, vlan: text });

/** A switch has asked, and its answer is being made. `mac` is null where the request names no device. */
export interface Question extends NasName {
  mac: string | null;
  port: string | null;
  session: string | null;
  /** What the device gets without Lazaret; null: no VLAN, or one by its name. */
  vlan: number | null;
}

const STATUS = {
  Start: 'start',
  'Interim-Update': 'interim',
  Alive: 'interim',
  Stop: 'stop',
  'Accounting-On': 'restart',
  'Accounting-Off': 'restart',
} as const;
export type AccountingStatus = (typeof STATUS)[keyof typeof STATUS];

const accountingForm = z.strictObject({
  ...requester,
  status: text,
  // Several values, and each up to 253 octets in hexadecimal.
  class: z.string().max(8192),
  authentic: text,
  seconds,
  delay: seconds,
});

/** What a switch tells of a session (RFC 2866). `restart`: it has none any more. */
export interface Accounting extends NasName {
  status: AccountingStatus;
  mac: string | null;
  port: string | null;
  session: string | null;
  /** Our label of what its Accept carried, as the switch gives it back; null: none of ours. */
  policy: string | null;
  /** The switch let it in by itself (Acct-Authentic = Local). */
  isLocal: boolean;
  /** How long ago it began, in seconds. */
  age: number;
}

/** null: not such a form. */
export function readQuestion(body: string): Question | null {
  const parsed = questionForm.safeParse(fieldsOf(body));
  if (!parsed.success) return null;
  const { nasAddress, nasIdentifier, port, session, vlan, ...device } = parsed.data;
  const named = /^\d{1,4}$/.test(vlan) ? Number(vlan) : null;
  return { mac: deviceOf(device), nasAddress, nasIdentifier, port, session, vlan: named };
}

/** null: not such a form. `ignored`: a status that says nothing of sessions. */
export function readAccounting(body: string): Accounting | 'ignored' | null {
  const parsed = accountingForm.safeParse(fieldsOf(body));
  if (!parsed.success) return null;
  const { status: named, nasAddress, nasIdentifier, port, session, class: classes, ...rest } = parsed.data;
  const status = (STATUS as Record<string, AccountingStatus | undefined>)[named];
  if (!status) return 'ignored';
  return {
    status,
    mac: deviceOf(rest),
    nasAddress,
    nasIdentifier,
    port,
    session,
    policy: labelOf(classes),
    isLocal: rest.authentic === 'Local',
    age: rest.delay + (status === 'start' ? 0 : rest.seconds),
  };
}

/** Fields that come twice are as good as an unknown one. */
function fieldsOf(body: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(body)) fields[name in fields ? `${name} twice` : name] = value;
  return fields;
}

/** The MAC as User-Name counts in MAC authentication only: elsewhere it is a name that people choose. */
function deviceOf({ mac, user, serviceType }: { mac: string; user: string; serviceType: string }): string | null {
  return macOf(mac) ?? (serviceType === 'Call-Check' ? macOf(user) : null);
}

/** Class comes as `0x…`, several joined by commas; ours begins with `lazaret/`. */
function labelOf(classes: string): string | null {
  const texts = classes.split(/[,\s]+/).map((one) => Buffer.from(one.replace(/^0x/, ''), 'hex').toString('latin1'));
  return texts.find((one) => /^lazaret\/[0-9a-f]{12}$/.test(one)) ?? null;
}
