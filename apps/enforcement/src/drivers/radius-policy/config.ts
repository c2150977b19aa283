import { z } from 'zod';
import { filePath, ipAddress, pointId, transportPort, vlanId } from '../fields.js';
import { namedPoliciesSchema } from '../syntax/named-policy.js';

const plainText = z.string().regex(/^[\w.:@/ -]{1,253}$/, 'expected plain text');

/** How a switch names itself in its RADIUS requests, and what discovery calls it. */
const nas = z
  .strictObject({
    switch: pointId,
    address: ipAddress.nullable().default(null),
    identifier: plainText.nullable().default(null),
  })
  .refine(({ address, identifier }) => address !== null || identifier !== null, 'name address, identifier or both');

/** What an Access-Accept carries of an isolation. */
const attributes = z.strictObject({
  /** The quarantine VLAN by its number (RFC 3580 3.31), in the modes that move the device. */
  vlan: z.boolean().default(true),
  /**
   * `none`: nothing; what the quarantine VLAN leaves open is in `policies`. `filter-id`: the name of one of `policies`.
   * `hpe`: NAS-Filter-Rule in the grammar of AOS-S.
   */
  permits: z.enum(['none', 'filter-id', 'nas-filter-rule', 'hpe', 'aruba', 'cisco', 'juniper']),
  /** Of nas-filter-rule only: whether the switches filter what is sent towards the device too. */
  direction: z.enum(['both', 'from-device']).default('from-device'),
  /** Of nas-filter-rule only. `none`: the switches know IPv4 lines only, and deny IPv6 by themselves. */
  ipv6: z.enum(['explicit', 'none']).default('explicit'),
});

/** The policy source of RADIUS servers: they ask here what a device gets. */
export const radiusPolicyPointSchema = z
  .strictObject({
    kind: z.literal('radius-policy'),
    id: pointId,
    /** Where the RADIUS servers ask. Beyond this host with TLS only: the token travels with each question. */
    listen: z.strictObject({
      host: ipAddress,
      port: transportPort,
      tls: z.strictObject({ certFile: filePath, keyFile: filePath }).nullable().default(null),
    }),
    tokenFile: filePath,
    /** Everything that is assigned. Lives as long as the isolations do. The sessions are beside it, as `.sessions`. */
    snapshotFile: filePath,
    /** Devices that people keep for themselves; null: beside the snapshot, as `.hands`. */
    handsFile: filePath.nullable().default(null),
    switches: z.array(nas).default([]),
    quarantineVlan: vlanId.nullable().default(null),
    modes: z.array(z.enum(['filter', 'vlan-bridged', 'vlan-routed'])).min(1),
    attributes,
    policies: namedPoliciesSchema.default([]),
    /** Lines that the switches take for one session. */
    entries: z.int().min(1).max(512).default(64),
    /** Acct-Interim-Interval of the switches; null: they send none, and only their Stop ends a session here. */
    interimSeconds: z.int().min(10).max(86_400).nullable().default(null),
    /** How long writing the snapshot may take. */
    timeoutMs: z.int().min(100).max(30_000).default(2000),
    /** For the commands that undo by hand at a RADIUS server. */
    freeradius: z
      .strictObject({
        handsFile: filePath.default('/etc/freeradius/3.0/mods-config/lazaret/hands'),
        radmin: z
          .string()
          .regex(/^[\w./ -]{1,200}$/, 'expected a plain command')
          .default('radmin'),
      })
      .prefault({}),
  })
  .superRefine((point, context) => {
    const refuse = (at: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path: at, message });
    if (!isLoopback(point.listen.host) && point.listen.tls === null)
      refuse(['listen', 'tls'], 'needed beyond this host');
    const moves = point.modes.some((mode) => mode !== 'filter');
    const { vlan, permits } = point.attributes;
    if (moves && point.quarantineVlan === null) refuse(['quarantineVlan'], 'a mode that moves the device needs it');
    if (moves && !vlan) refuse(['attributes', 'vlan'], 'a mode that moves the device needs it');
    if (point.modes.includes('filter') && permits === 'none') {
      refuse(['attributes', 'permits'], 'the mode filter needs a filter');
    }
    const named = permits === 'none' || permits === 'filter-id';
    if (named && point.policies.length === 0) refuse(['policies'], 'say what the network leaves open');
    if (!named && point.policies.length > 0) refuse(['policies'], 'the permits are sent, so nothing is named');
    point.switches.forEach(({ switch: name }, index) => {
      if (point.switches.findIndex((other) => other.switch === name) === index) return;
      refuse(['switches', index, 'switch'], 'this switch is named twice');
    });
  });

export type RadiusPolicyPoint = z.output<typeof radiusPolicyPointSchema>;

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}
