import { DriverError } from '#driver';
import { valueIn } from './wire/dictionary.js';
import { errorCause, type ErrorCause } from './wire/error-cause.js';
import { CODE, type Packet } from './wire/packet.js';

/** What an answer to a Disconnect- or CoA-Request says. */
export type Answer = { kind: 'acknowledged' } | { kind: 'refused'; cause: number | null; meaning: ErrorCause };

export function answerOf({ code, attributes }: Packet): Answer {
  if (code === CODE.disconnectAck || code === CODE.coaAck) return { kind: 'acknowledged' };
  const value = valueIn(attributes, 'Error-Cause');
  const cause = value?.length === 4 ? value.readUInt32BE() : null;
  return { kind: 'refused', cause, meaning: errorCause(cause) };
}

/** A NAK in words: what was asked of whom, what it said, and what to do. */
export function refusal(
  whom: string,
  what: string,
  { cause, meaning }: Extract<Answer, { kind: 'refused' }>,
): DriverError {
  const number = cause === null ? '' : ` (Error-Cause ${cause})`;
  return new DriverError(meaning.code, `${whom} refused ${what}: ${meaning.name}${number}; ${meaning.advice}`);
}
