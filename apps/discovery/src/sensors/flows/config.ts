import { z } from 'zod';

const ip = z.union([z.ipv4(), z.ipv6()]);

/** The management network's own address: no wildcard, since whoever reaches the socket speaks for the exporter. */
export const listenSchema = z.strictObject({
  host: ip.refine((host) => host !== '0.0.0.0' && host !== '::', 'name one address, not all'),
  port: z.int().min(1).max(65_535),
});

/** Whose datagrams are heard; those of anybody else are counted and left unread. */
export const exportersSchema = z.array(ip).min(1);

/** What the sensors `netflow` and `sflow` have in common. */
export const exportedFlows = {
  listen: listenSchema,
  exporters: exportersSchema,
  /** The enforcement point whose frames they are; null: a router, firewall or probe, whose records bind nobody. */
  point: z.string().min(1).max(64).nullable().default(null),
  /** Names of the point's ports by ifIndex (or what the exporter uses for it), where it does not tell them itself. */
  interfaces: z.record(z.string().regex(/^\d{1,10}$/, 'expected an ifIndex'), z.string().min(1).max(64)).default({}),
  /**
   * The exporter shows both directions of every flow and samples none. Only then is an attempt without an answer a
   * failed one; otherwise none is told.
   */
  showsAnswers: z.boolean().default(false),
};
