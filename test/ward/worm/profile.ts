import { parse } from 'yaml';
import { z } from 'zod';

const rate = z.number().min(0).max(100);
const site = z.strictObject({ name: z.string().min(1), everySeconds: z.number().positive() });

/** How a worm behaves; rates are per second, 0 is never. */
export const wormProfile = z.strictObject({
  name: z.string().min(1),
  scan: z.strictObject({ port: z.int().min(1).max(65535), ownSubnetPerSecond: rate, randomPerSecond: rate }),
  namesPerSecond: rate,
  clockSite: site,
  outsideHost: site,
  neighboursPerSecond: rate,
});
export type WormProfile = z.infer<typeof wormProfile>;

export function parseProfile(text: string): WormProfile {
  return wormProfile.parse(parse(text));
}

/** What the worm's program is told. */
export interface WormPlan {
  profile: WormProfile;
  /** Names to look up, in turn. */
  names: string[];
  /** Own address; its /24 is the subnet that is scanned. */
  address: string;
  resolver: string;
  /** Neighbours that exist, with the addresses by which they are met. */
  neighbours: { address: string; mac: string; linkLocal?: string }[];
  seed: number;
  /** File of WormRecord lines. */
  journal: string;
}

export const AttemptKind = {
  neighbour: 'neighbour',
  random: 'random',
  name: 'name',
  site: 'site',
  arp: 'arp',
  ipv6: 'ipv6',
} as const;
export type AttemptKind = (typeof AttemptKind)[keyof typeof AttemptKind];

/** The worm's own log: an attempt when it is made, and what became of it. Times are milliseconds since 1970. */
export type WormRecord =
  | { kind: AttemptKind; attempt: number; at: number; target: string; port: number }
  | { kind: 'outcome'; attempt: number; at: number; outcome: string };

export type WormAttempt = Exclude<WormRecord, { kind: 'outcome' }>;
