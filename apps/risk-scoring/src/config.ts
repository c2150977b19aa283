import { loadConfig, type Connections } from '#config';
import { z } from 'zod';

export const configSchema = z.strictObject({
  /** DNS suffixes of the site: a look-up below one that fails says nothing of a device. */
  siteSuffixes: z
    .array(
      z
        .string()
        .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'expected a DNS suffix without a dot at its ends')
        .toLowerCase(),
    )
    .default([]),
  /** How often the state of each partition is stored. A restart weighs anew what came since. */
  snapshotSeconds: z.number().min(0.1).max(300).default(10),
  /** To be raised by one when the database was restored or the observations' topic was made anew. */
  epoch: z.int().min(1).default(1),
});

export type RiskScoringConfig = z.output<typeof configSchema> & Connections;

export function readConfig(): RiskScoringConfig {
  return loadConfig(configSchema);
}
