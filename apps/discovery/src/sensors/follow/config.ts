import { z } from 'zod';

const ip = z.union([z.ipv4(), z.ipv6()]);

/** What the sensors `zeek` and `eve` have in common. */
export const lineFields = {
  /** Lines over TCP: whom they come from, and the address of ours that those can reach, not all. */
  listen: z
    .strictObject({
      host: ip.refine((host) => host !== '0.0.0.0' && host !== '::', 'name one address, not all'),
      port: z.int().min(1).max(65_535),
      senders: z.array(ip).min(1),
    })
    .nullable()
    .default(null),
  /** Resolvers of the site: what they ask, they ask for others, and their clients' look-ups are seen by themselves. */
  resolvers: z.array(ip).default([]),
  /** Servers whose leases are believed as the sensor sees them on the wire. None: addresses are learned elsewhere. */
  dhcpServers: z.array(ip).default([]),
};

export const fileOrListen = 'name files to follow, or an address to listen on';
