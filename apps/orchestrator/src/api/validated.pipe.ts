import { Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { ProblemError } from './problems.js';

/** Checks a body or a query against its schema; each fault is named by its JSON pointer (RFC 6901), never by its value. */
@Injectable()
export class Validated<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(private readonly schema: S) {}

  transform(value: unknown): z.output<S> {
    const result = this.schema.safeParse(value ?? {});
    if (result.success) return result.data;
    const errors = result.error.issues.map((issue) => ({
      pointer: issue.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
      code: issue.code,
      detail: issue.message,
    }));
    throw new ProblemError('invalid-request', undefined, { errors });
  }
}
