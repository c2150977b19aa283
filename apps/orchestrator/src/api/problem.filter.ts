import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isTransient } from '#storage';
import type { Logger } from '#observability';
import { PROBLEMS, ProblemError, problemDocument } from './problems.js';

/**
 * The edge where problems become `application/problem+json`. What nobody expected is logged and answered without its
 * text: an error may hold what a stranger must not read.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.end();
      return;
    }
    const { problem, detail, extensions } = this.problemOf(error);
    const { status } = PROBLEMS[problem];
    if (status === 401) response.setHeader('WWW-Authenticate', challenge(request));
    const document = problemDocument(problem, detail, extensions);
    response.status(status).type('application/problem+json').send(JSON.stringify(document));
  }

  private problemOf(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error;
    const expected = problemOfReading(error) ?? (error instanceof HttpException ? problemOfNest(error) : undefined);
    if (expected) return expected;
    if (isTransient(error)) {
      this.logger.warn({ error: (error as Error).message }, 'database unavailable');
      return new ProblemError('unavailable');
    }
    this.logger.error({ err: error }, 'request failed');
    return new ProblemError('failed');
  }
}

/** RFC 6750, section 3: a token that was not taken is told apart from none. */
function challenge({ headers }: Request): string {
  return headers.authorization ? 'Bearer realm="lazaret", error="invalid_token"' : 'Bearer realm="lazaret"';
}

/** PostgreSQL's character_not_in_repertoire: a NUL, say in the id of a path. */
const UNREADABLE_TEXT = '22021';

/** Why a request could not be read, before any operation saw it. The body parser names its faults by `type`. */
function problemOfReading(error: unknown): ProblemError | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && error.code === UNREADABLE_TEXT)
    return unreadable('not-text', 'it holds a character that is no text');
  if (!('type' in error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status === 413) return new ProblemError('too-large');
  if (error.status >= 500) return undefined;
  return unreadable(String(error.type), error.message);
}

/** What Nest itself refuses. It turns a body that is no JSON, and an address that can't be decoded, into a 400. */
function problemOfNest(error: HttpException): ProblemError | undefined {
  const status = error.getStatus();
  if (status === 400) return unreadable('unreadable', 'the address or the JSON can not be read');
  if (status === 404) return new ProblemError('not-found', 'There is nothing at this address.');
  if (status === 503) return new ProblemError('unavailable', error.message);
  return undefined;
}

function unreadable(code: string, detail: string): ProblemError {
  return new ProblemError('invalid-request', undefined, { errors: [{ pointer: '', code, detail }] });
}
