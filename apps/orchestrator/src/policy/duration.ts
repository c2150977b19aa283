import { z } from 'zod';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration as people write it, such as `90s`, `15m`, `4h`, `72h` or `90d`; read as milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'expected a duration such as 30s, 15m, 4h or 3d')
  .transform((text) => {
    const [, count = '0', unit = 'ms'] = /^(\d+)(\D+)$/.exec(text) ?? [];
    return Number(count) * UNITS[unit as keyof typeof UNITS];
  });
