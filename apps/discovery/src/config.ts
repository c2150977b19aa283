import { z } from 'zod';
import { eveFields } from './sensors/eve/config.js';
import { exportersSchema, listenSchema } from './sensors/flows/config.js';
import { fileOrListen } from './sensors/follow/config.js';
import { netflowFields } from './sensors/netflow/config.js';
import { sflowFields } from './sensors/sflow/config.js';
import { zeekFields } from './sensors/zeek/config.js';

const word = z.string().min(1).max(64);
const ip = z.union([z.ipv4(), z.ipv6()]);

/** What every sensor says of itself. Without a trust domain it is one of its own. */
const sensor = { id: word, trustDomain: word.optional(), authenticatedBy: word.nullable().default(null) };

const ipfix = z.strictObject({
  ...sensor,
  kind: z.literal('ipfix'),
  /** The enforcement point whose frames it shows. */
  point: word,
  listen: listenSchema,
  exporters: exportersSchema,
});

const netflow = z.strictObject({ ...sensor, ...netflowFields });

const sflow = z.strictObject({ ...sensor, ...sflowFields });

const queryLog = z.strictObject({ ...sensor, kind: z.literal('dnsmasq-log'), file: z.string().min(1), resolver: ip });

const zeek = z
  .strictObject({ ...sensor, ...zeekFields })
  .refine(({ folder, listen }) => folder !== null || listen !== null, { path: ['folder'], message: fileOrListen });

const eve = z
  .strictObject({ ...sensor, ...eveFields })
  .refine(({ file, listen }) => file !== null || listen !== null, { path: ['file'], message: fileOrListen });

const leases = z.strictObject({ ...sensor, kind: z.literal('dnsmasq-leases'), file: z.string().min(1) });

const ovs = z.strictObject({
  ...sensor,
  kind: z.literal('ovs'),
  point: word,
  ovsdb: z.string().regex(/^(tcp:.+:\d+|unix:.+)$/, 'expected tcp:host:port or unix:/path'),
  unixctl: z.string().min(1).nullable().default(null),
  bridge: word,
  /** Ports that only pass packets on: gateways, trunks, uplinks. Trunks are known by themselves. */
  infrastructurePorts: z.array(word).default([]),
});

export const configSchema = z
  .strictObject({
    site: word,
    realm: word.default('default'),
    sensors: z.array(z.discriminatedUnion('kind', [ipfix, netflow, sflow, queryLog, leases, zeek, eve, ovs])).min(1),
    insideNetworks: z.array(z.union([z.cidrv4(), z.cidrv6()])).min(1),
    /** The site's own names: looked up all day by everything, and no observations. */
    siteSuffixes: z.array(z.string().min(1)).default([]),
  })
  .superRefine(({ sensors }, context) => {
    const twice = sensors.map(({ id }) => id).find((id, index, all) => all.indexOf(id) !== index);
    if (twice !== undefined)
      context.addIssue({ code: 'custom', path: ['sensors'], message: `two sensors have the id ${twice}` });
    const points = new Set(sensors.flatMap((one) => (one.kind === 'ovs' ? [one.point] : [])));
    sensors.forEach((one, index) => {
      if (!('exporters' in one) || one.point === null || points.has(one.point)) return;
      const message = 'no sensor of kind ovs tells the ports of this point';
      context.addIssue({ code: 'custom', path: ['sensors', index, 'point'], message });
    });
  });

export type DiscoveryConfig = z.output<typeof configSchema>;
export type SensorConfig = DiscoveryConfig['sensors'][number];
export type SensorConfigOf<K extends SensorConfig['kind']> = Extract<SensorConfig, { kind: K }>;
