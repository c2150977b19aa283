import { z } from 'zod';
import { parsed } from '../../http/parsed.js';

/**
 * POST /api/session-action/coa/mac/MAC?async=true { enforcement_profile: [NAME …] } → 200 | 202 { action_id };
 * GET /api/session-action/ACTION_ID → { status, … }. What its states are called is not published: they are told apart by
 * their words, and what is neither an end nor a failure still goes on.
 */
const number = z.union([z.string(), z.number()]);
const action = z.looseObject({ action_id: number.nullish(), id: number.nullish() });
const state = z.looseObject({
  status: z.string().nullish(),
  state: z.string().nullish(),
  message: z.string().nullish(),
});

export type ActionState = { end: 'done' } | { end: 'failed' | 'no-session'; words: string } | { end: null };

/** Null: ClearPass has given none, so it can't be asked what came of it. */
export function parseActionId(json: unknown): string | null {
  const { action_id, id } = parsed(action, json, 'the answer to a session action');
  return action_id != null ? `${action_id}` : id != null ? `${id}` : null;
}

export function parseActionState(json: unknown): ActionState {
  const told = parsed(state, json, 'the state of a session action');
  const words = [told.status ?? told.state, told.message].filter(Boolean).join(': ');
  if (/no (active )?session|session not found|not active/i.test(words)) return { end: 'no-session', words };
  if (/fail|error|reject|nak|time.?out|timed out|den(y|ied)|un-?succ|not succ/i.test(words))
    return { end: 'failed', words };
  return /succe|complete|finish|done|\back\b/i.test(words) ? { end: 'done' } : { end: null };
}
