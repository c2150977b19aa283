import type { ArgumentsHost } from '@nestjs/common';
import { BaseRpcExceptionFilter } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { EventContext } from './event-context.js';

type Catch = (this: BaseRpcExceptionFilter, error: unknown, host: ArgumentsHost) => Observable<unknown>;

let isKept = false;

/**
 * Nest's last exception filter turns every error of a handler into `{ status, message: 'Internal server error' }`, and
 * in a hybrid application no global filter can be put before it. We need the error itself: its `retry` decides whether
 * the message is tried again. So, for our handlers only (their context is an EventContext), the error passes through.
 */
export function keepHandlerErrors(): void {
  if (isKept) return;
  isKept = true;
  const prototype = BaseRpcExceptionFilter.prototype as { catch: Catch };
  const original = prototype.catch;
  prototype.catch = function keep(this: BaseRpcExceptionFilter, error, host): Observable<unknown> {
    if (!isOurs(host)) return original.call(this, error, host);
    return throwError(() => error);
  };
}

function isOurs(host: ArgumentsHost): boolean {
  return host.getArgs<unknown[]>().some((argument) => argument instanceof EventContext);
}
