import { z } from 'zod';
import { PROBE_OUTCOMES, type ProbeAttempt } from './probe.js';

/**
 * What the probe agent is asked and answers, a line of JSON each:
 *
 *   {"id":1,"from":{"address":"10.20.0.10","port":0},"to":{"address":"10.10.0.99","port":50104},"timeoutMs":900}
 *   {"id":1,"outcome":"refused"}
 */
const place = z.strictObject({ address: z.union([z.ipv4(), z.ipv6()]), port: z.int().min(0).max(65_535) });
const question = z.strictObject({ id: z.int(), from: place, to: place, timeoutMs: z.int().min(10).max(5000) });
const answer = z.strictObject({ id: z.int(), outcome: z.enum(PROBE_OUTCOMES) });
export type AgentQuestion = z.infer<typeof question>;
export type AgentAnswer = z.infer<typeof answer>;

/** A longer line is no question: the other end is not what it should be. */
export const LONGEST_LINE = 1000;

export function questionLine(id: number, attempt: ProbeAttempt): string {
  return `${JSON.stringify({ id, ...attempt })}\n`;
}

/** null: not a question. */
export function parseQuestion(line: string): AgentQuestion | null {
  return parse(line, question);
}

/** null: not an answer. */
export function parseAnswer(line: string): AgentAnswer | null {
  return parse(line, answer);
}

function parse<T>(line: string, schema: z.ZodType<T>): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
