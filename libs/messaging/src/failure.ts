import { isNativeError } from 'node:util/types';
import { z } from 'zod';
import { isTransient } from '#storage';
import { hasCode } from './errors.js';

/** What to do after a handler failed. */
export const FAILURE = {
  /** The world is at fault: the same message again, for ever. */
  transient: 'transient',
  /** The message or the code is at fault, and will be next time: dead letter at once. */
  permanent: 'permanent',
  /** Nobody knows: a few tries, then dead letter. */
  unknown: 'unknown',
  /** The partition is another's now: write nothing, leave. */
  fenced: 'fenced',
} as const;
export type Failure = (typeof FAILURE)[keyof typeof FAILURE];

/** Sorts a fault by its class and its `retry`, never by its text. */
export function classify(error: unknown): Failure {
  if (hasCode(error, 'fenced')) return FAILURE.fenced;
  if (error instanceof z.ZodError || isProgrammingError(error)) return FAILURE.permanent;
  const retry = retryOf(error);
  if (retry === 'permanent') return FAILURE.permanent;
  // `ambiguous`: it may have happened. The step's own writes are rolled back, so the handler looks and does it again.
  if (retry === 'transient' || retry === 'ambiguous' || isTransient(error)) return FAILURE.transient;
  return FAILURE.unknown;
}

const PROGRAMMING_ERRORS = new Set(['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError']);

/** By name, not by class: an error may come from another realm (a vm context, a worker). */
function isProgrammingError(error: unknown): boolean {
  return isNativeError(error) && PROGRAMMING_ERRORS.has(error.name);
}

function retryOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'retry' in error ? error.retry : undefined;
}

/** A fault in few words for a log or a dead letter: name, code and the first line of its message. */
export function inWords(error: unknown): string {
  if (!isNativeError(error)) return typeof error === 'string' ? cut(error) : 'not an Error';
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return cut(`${error.name}${code}: ${error.message.split('\n', 1)[0] ?? ''}`);
}

function cut(text: string): string {
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}
