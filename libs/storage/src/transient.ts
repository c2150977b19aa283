import { isNativeError } from 'node:util/types';

/** SQLSTATEs after which the same work may succeed (PostgreSQL manual, appendix A), besides classes 08 and 53. */
const TRANSIENT_STATES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: lock_timeout
  '57014', // query_canceled: statement_timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
]);

const TRANSIENT_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** How TypeORM calls a transaction whose connection broke on the way: it had given the connection back already. */
const RELEASED = new Set(['QueryRunnerAlreadyReleasedError', 'QueryRunnerProviderAlreadyReleasedError']);

/** node-postgres gives these faults neither a code nor a class of their own. */
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after|timeout expired|Driver not Connected)/i;

/**
 * Whether a fault of the database says nothing about the work itself, so that the same work may be done again: the
 * connection is gone, a time-out, a deadlock, no resources. Looks through TypeORM's wrapper and `cause`.
 */
export function isTransient(error: unknown): boolean {
  return chain(error).some((link) => isConnectionLost(link) || hasState(link, (state) => isTransientState(state)));
}

/** Whether the connection can't be used any more: it has to be thrown away, not rolled back. */
export function isConnectionLost(error: unknown): boolean {
  return chain(error).some((link) => {
    if (RELEASED.has(link.name)) return true;
    if (hasState(link, (code) => TRANSIENT_CODES.has(code) || /^(08|57P0)/.test(code) || code === '25P03')) return true;
    return CONNECTION_LOST.test(link.message);
  });
}

function isTransientState(state: string): boolean {
  return TRANSIENT_STATES.has(state) || TRANSIENT_CODES.has(state) || /^(08|53)...$/.test(state);
}

function hasState(error: Error, test: (state: string) => boolean): boolean {
  return 'code' in error && typeof error.code === 'string' && test(error.code);
}

/** The error, what TypeORM wrapped, its causes and the parts of an AggregateError (a refused dual-stack connection). */
function chain(error: unknown): Error[] {
  const found: Error[] = [];
  const open: unknown[] = [error];
  while (open.length > 0 && found.length < 16) {
    const next = open.shift();
    if (!isNativeError(next) || found.includes(next)) continue;
    found.push(next);
    if ('driverError' in next) open.push(next.driverError);
    if ('errors' in next && Array.isArray(next.errors)) open.push(...(next.errors as unknown[]));
    open.push(next.cause);
  }
  return found;
}
