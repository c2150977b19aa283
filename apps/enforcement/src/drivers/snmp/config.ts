import { z } from 'zod';
import { checkVlans, fixedPermitSchema, ipAddress, pointId, switchVlan, transportPort, vlanId } from '../fields.js';
import { SESSION_TABLES } from './wire/sessions/formats.js';

const host = z.string().regex(/^[A-Za-z0-9.:_-]+$/, 'expected an address or a name');
/** A file that holds a secret. Its path may stand in a shell's quotes, since undo commands read it. */
const file = z.string().regex(/^\/[\w./-]+$/, 'expected an absolute path of letters, digits, dots and hyphens');
const portName = z.string().regex(/^[\w./:, -]{1,64}$/, 'expected the name of a port as the switch gives it');

export const AUTHENTICATIONS = ['sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
/** `aes256b` draws its key out as Blumenthal's draft does, `aes256r` as Reeder's, which Cisco uses. */
export const PRIVACIES = ['aes128', 'aes256b', 'aes256r'] as const;

const community = { version: z.literal('v2c'), communityFile: file };
/** SNMPv3 with user-based security (RFC 3414), authenticated and encrypted; nothing less is taken. */
const user = {
  version: z.literal('v3'),
  user: z.string().regex(/^[\w.@-]{1,32}$/, 'expected a user name'),
  authentication: z.enum(AUTHENTICATIONS, {
    error: `expected one of ${AUTHENTICATIONS.join(', ')}; MD5 is refused, it is broken`,
  }),
  authenticationFile: file,
  privacy: z.enum(PRIVACIES, {
    error: `expected one of ${PRIVACIES.join(', ')}; DES is refused, it is broken; AES-192 is not offered by our SNMP library`,
  }),
  privacyFile: file,
};

/** How a switch is asked. A secret is read from its file at each use. */
export const snmpConnectionSchema = z.discriminatedUnion('version', [
  z.strictObject({ ...community, host, port: transportPort.default(161), timeoutMs: timeout() }),
  z.strictObject({ ...user, host, port: transportPort.default(161), timeoutMs: timeout() }),
]);
export type SnmpConnection = z.infer<typeof snmpConnectionSchema>;

/** How long one answer may take, in ms. A question is asked twice, a change once. */
function timeout() {
  return z.int().min(50).max(30_000).default(2000);
}

/** Where traps and informs of this switch arrive: an address and port of its own for each switch. */
const listen = { host: ipAddress, port: transportPort };
const notificationsSchema = z.discriminatedUnion('version', [
  z.strictObject({ ...community, ...listen }),
  z.strictObject({ ...user, ...listen }),
]);
export type SnmpNotifications = z.infer<typeof notificationsSchema>;

/** A switch whose ports are moved by SNMP. */
export const snmpPointSchema = z
  .strictObject({
    kind: z.literal('snmp'),
    id: pointId,
    connection: snmpConnectionSchema,
    /**
     * How the switch takes a port's VLAN: `qbridge` by PVID and static membership (RFC 4363), `qbridge-pvid-only` where
     * it has no usable membership tables, `cisco-vmvlan` by vmVlan.
     */
    model: z.enum(['qbridge', 'qbridge-pvid-only', 'cisco-vmvlan']),
    /** Which bit of a port list is port 1: RFC 4363's, or the last. It must agree with what the switch shows. */
    bitOrder: z.enum(['standard', 'mirrored']).default('standard'),
    quarantineVlan: vlanId,
    vlans: z.array(switchVlan(portName)).default([]),
    /**
     * What the quarantine VLAN itself lets through, for each device in it: a switch port filters nothing. `as-sent`:
     * something behind the switch takes the permits of each isolation.
     */
    permits: z.union([z.literal('as-sent'), z.array(fixedPermitSchema)]).default([]),
    infrastructurePorts: z.array(portName).default([]),
    sessions: z.enum(SESSION_TABLES).nullable().default(null),
    /** The point that assigns the policy, where this one only renews sessions. */
    policyPoint: pointId.nullable().default(null),
    /** How a session is renewed: the port's link goes down and up, or Cisco's table authenticates it again or ends it. */
    renew: z.enum(['bounce', 'reauthenticate', 'terminate']).default('bounce'),
    bounceMs: z.int().min(0).max(60_000).default(3000),
    notifications: notificationsSchema.nullable().default(null),
    /** How often changes are looked for; traps come sooner and can be lost. */
    pollSeconds: z.number().min(0.1).max(3600).default(30),
  })
  .superRefine((point, context) => {
    checkVlans(point, context);
    const { renew, sessions } = point;
    if (renew !== 'bounce' && sessions !== 'cisco') {
      context.addIssue({ code: 'custom', path: ['renew'], message: 'only the session table of cisco can do that' });
    }
  });

export type SnmpPoint = z.infer<typeof snmpPointSchema>;
