import type { z } from 'zod';
import { DriverError } from '#driver';

/** What a NAC has answered, if it has the form that we know; `bad-answer` names the field that has not, never its value. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = [...new Set(result.error.issues.map(({ path }) => path.join('.') || 'all of it'))].slice(0, 3);
  throw new DriverError('bad-answer', `${what}: not in the form that we know (${fields.join(', ')})`);
}
