import { z } from 'zod';
import { filePath, ipAddress, mac, pointId, transportPort, vlanId } from '../fields.js';
import { snmpConnectionSchema } from '../snmp/config.js';
import { SESSION_TABLES, type SessionTableKind } from '../snmp/wire/sessions/formats.js';
import { namedPoliciesSchema } from '../syntax/named-policy.js';
import { MODELS, MODEL_NAMES, type ModelName } from './models/models.js';
import { RENEWALS, type RadiusModel } from './models/model.js';

const host = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?$/, 'expected a name or an address');
/** These stand in packets, and in the commands of the undo sheet. */
const plainText = (max: number) => z.string().regex(new RegExp(`^[\\w.:@/ -]{1,${max}}$`), 'expected plain text');

/** A switch that takes RFC 5176. `id` is the switch's, as discovery names it. */
export const radiusPointSchema = z
  .strictObject({
    kind: z.literal('radius'),
    id: pointId,
    model: z.enum(MODEL_NAMES),
    /** The switch: where it listens for dynamic authorisation. */
    host,
    port: transportPort.default(3799),
    /** How the switch names itself in its own requests: what it is asked as. One of the two at least. */
    nas: z
      .strictObject({
        address: ipAddress.nullable().default(null),
        identifier: plainText(253).nullable().default(null),
      })
      .refine(({ address, identifier }) => address !== null || identifier !== null, 'name address, identifier or both'),
    /** `proxy`: a RADIUS server passes our requests on to the switch; the secret is then the one shared with it. */
    through: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('direct') }),
        z.strictObject({ kind: z.literal('proxy'), host, port: transportPort.default(3799) }),
      ])
      .default({ kind: 'direct' }),
    secretFile: filePath,
    /** The local address to send from, where the switch knows us by one of several. */
    from: ipAddress.nullable().default(null),
    /** Who holds what is assigned to a MAC and is asked again; null: a CoA itself carries the isolation. */
    policyPoint: pointId.nullable().default(null),
    quarantineVlan: vlanId.nullable().default(null),
    /** Without a policyPoint: the filters and roles of this switch by name. */
    policies: namedPoliciesSchema.default([]),
    /** null: what the model does usually. */
    renew: z.enum(RENEWALS).nullable().default(null),
    /** Who tells of sessions: the policyPoint, by the switch's accounting, or the switch's own table by SNMP. */
    sessions: z
      .discriminatedUnion('from', [
        z.strictObject({ from: z.literal('policy-point') }),
        z.strictObject({ from: z.literal('snmp'), table: z.enum(SESSION_TABLES), connection: snmpConnectionSchema }),
      ])
      .default({ from: 'policy-point' }),
    /** NAS-Port of a port, where the model wants it and the port's name is not just that number. */
    nasPorts: z.record(plainText(64), z.int().min(0).max(0xffff_ffff)).default({}),
    /** User-Name of a MAC, where the model wants it and it is not the MAC. */
    userNames: z.record(mac, plainText(253)).default({}),
    messageAuthenticator: z.boolean().default(true),
    /** The first answer is waited for this long, and twice as long after each further sending. */
    firstMs: z.int().min(50).max(10_000).default(1000),
    sendings: z.int().min(1).max(6).default(4),
  })
  .superRefine((point, context) => {
    const model: RadiusModel = MODELS[point.model];
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    if (point.renew !== null && model.renew[point.renew] === null)
      refuse(['renew'], `${model.title} has no such command`);
    if (!point.messageAuthenticator && !model.messageAuthenticatorMayBeOff) {
      refuse(['messageAuthenticator'], `${model.title} takes it: leave it on`);
    }
    if (point.policyPoint === null) refusedCarrying(model, point, refuse);
    else if (point.policies.length > 0) refuse(['policies'], 'the policyPoint has the policies');
  });

export type RadiusPoint = z.output<typeof radiusPointSchema> & { model: ModelName };

/** Session tables that name a session's filter or role. */
const TELLS_FILTERS: ReadonlySet<SessionTableKind> = new Set(['aos-cx', 'procurve', 'dell']);

/** Why a CoA can't carry what the point's policies ask for. */
function refusedCarrying(
  { title, carries }: RadiusModel,
  { sessions, policies }: Pick<RadiusPoint, 'sessions' | 'policies'>,
  refuse: (path: (string | number)[], message: string) => void,
): void {
  if (!carries.vlan && carries.filter === null) {
    return refuse(
      ['policyPoint'],
      `a CoA changes nothing in a session of ${title}: name the point that has the policy`,
    );
  }
  if (sessions.from === 'policy-point') return refuse(['sessions'], 'there is no policyPoint that could tell');
  if (policies.length === 0) return refuse(['policies'], 'name the filters or roles of the switch');
  const namesFilters = sessions.from === 'snmp' && TELLS_FILTERS.has(sessions.table);
  policies.forEach(({ mode }, index) => {
    if (mode === 'filter' && !namesFilters) {
      return refuse(['sessions'], 'this table does not tell which filter a session has, so nobody could read it back');
    }
    const fits = mode === 'filter' ? carries.filter !== null : carries.vlan || carries.filterIsRole;
    if (!fits) refuse(['policies', index, 'mode'], `a CoA to ${title} can't carry this`);
  });
}
