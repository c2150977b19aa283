import { z } from 'zod';
import type { Session } from '../sessions.js';
import { decodeChecked, encodeChecked } from './checked-file.js';

const sessionsSchema = z.strictObject({
  format: z.literal('lazaret radius-sessions 1'),
  sessions: z.array(
    z.strictObject({
      mac: z.string(),
      sessionId: z.string(),
      nasAddress: z.string().nullable(),
      nasIdentifier: z.string().nullable(),
      port: z.string().nullable(),
      vlan: z.number().nullable(),
      policy: z.string().nullable(),
      authorizedBy: z.enum(['server', 'critical', 'unknown']),
      startedAt: z.number(),
      seenAt: z.number(),
    }),
  ),
});

export function encodeSessions(sessions: readonly Session[]): string {
  return encodeChecked({ format: 'lazaret radius-sessions 1', sessions });
}

/** null: damaged. */
export function decodeSessions(text: string): Session[] | null {
  const parsed = sessionsSchema.safeParse(decodeChecked(text));
  return parsed.success ? parsed.data.sessions : null;
}
