import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { isTransient } from '#storage';
import type { Logger } from '#observability';
import { PROBLEMS, ProblemError, problemDocument, type ProblemExtensions, type ProblemName } from './problems.js';

/**
 * The edge where problems become `application/problem+json`. What nobody expected is logged and answered without its
 * text: an error may hold what a stranger must not read.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.end();
      return;
    }
    const { status, document } = this.documentOf(error);
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="lazaret"');
    response.status(status).type('application/problem+json').send(JSON.stringify(document));
  }

  private documentOf(error: unknown): { status: number; document: ProblemExtensions } {
    if (error instanceof ProblemError) return answer(error.problem, error.detail, error.extensions);
    if (error instanceof HttpException) {
      const status = error.getStatus();
      if (status === 400)
        return answer('invalid-request', undefined, {
          errors: [{ pointer: '', code: 'unreadable', detail: error.message }],
        });
      if (status === 404) return answer('not-found', 'There is nothing at this address.');
      return { status, document: { type: 'about:blank', title: error.message, status } };
    }
    if (isTransient(error)) {
      this.logger.warn({ error: (error as Error).message }, 'database unavailable');
      return answer('unavailable');
    }
    this.logger.error({ err: error }, 'request failed');
    return { status: 500, document: { type: 'about:blank', title: 'Lazaret failed; its log says why', status: 500 } };
  }
}

function answer(name: ProblemName, detail?: string, extensions?: ProblemExtensions) {
  return { status: PROBLEMS[name].status, document: problemDocument(name, detail, extensions) };
}
