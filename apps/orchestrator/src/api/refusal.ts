import type { ProblemName as CommandProblem, Result } from '../commands.js';
import { ProblemError } from './problems.js';

/** The value of a command, or its refusal as the problem of the same name. */
export function valueOf<T>(result: Result<T, CommandProblem>): T {
  if (result.ok) return result.value;
  const { problem, message, stale } = result.refusal;
  if (problem === 'invalid-inventory') throw new Error('an inventory reports its problems by row and column');
  throw new ProblemError(problem, message, stale ? { stale } : {});
}

/** The thing, or `not-found`. */
export function found<T>(thing: T | null, what: string): T {
  if (thing === null) throw new ProblemError('not-found', `There is no ${what} with this id.`);
  return thing;
}
