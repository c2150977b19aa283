import { z } from 'zod';
import { lineFields } from '../follow/config.js';
import { ZEEK_LOGS } from './zeek-line.js';

/** Zeek's logs, JSON or TSV: the folder that it writes to, or lines of JSON over TCP that name their log in `_path`. */
export const zeekFields = {
  kind: z.literal('zeek'),
  folder: z.string().min(1).nullable().default(null),
  logs: z
    .array(z.enum(ZEEK_LOGS))
    .min(1)
    .default([...ZEEK_LOGS]),
  ...lineFields,
};
