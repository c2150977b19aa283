import { z } from 'zod';
import { lineFields } from '../follow/config.js';

/** Suricata's EVE log: the file that it writes, or the same lines over TCP. */
export const eveFields = {
  kind: z.literal('eve'),
  file: z.string().min(1).nullable().default(null),
  ...lineFields,
};
