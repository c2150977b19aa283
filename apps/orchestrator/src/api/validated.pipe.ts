import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { ProblemError } from './problems.js';

/** One fault of a request (RFC 9457, section 3, extension members). */
export interface RequestFault {
  /** JSON pointer (RFC 6901) into the body or the query. */
  pointer: string;
  code: string;
  detail: string;
}

/** Checks a body or a query against its schema; each fault is named by its JSON pointer, never by its value. */
@Injectable()
export class Validated<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(private readonly schema: S) {}

  transform(value: unknown, { type }: Pick<ArgumentMetadata, 'type'>): z.output<S> {
    if (type === 'body' && (typeof value !== 'object' || value === null)) {
      throw invalid([{ pointer: '', code: 'not-json', detail: 'send JSON with Content-Type: application/json' }]);
    }
    const result = this.schema.safeParse(value ?? {});
    if (!result.success) throw invalid(result.error.issues.flatMap(faultsOf));
    const unreadable = faultsOfText(result.data, []);
    if (unreadable.length > 0) throw invalid(unreadable);
    return result.data;
  }
}

export function invalid(errors: RequestFault[]): ProblemError {
  return new ProblemError('invalid-request', undefined, { errors });
}

export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** zod reports unknown fields at their parent, all at once. */
function faultsOf(issue: z.core.$ZodIssue): RequestFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      code: 'unknown-field',
      detail: 'there is no such field',
    }));
  }
  return [{ pointer: pointerOf(issue.path), code: issue.code, detail: issue.message }];
}

/** A NUL, which PostgreSQL keeps in no text, or half a surrogate pair, which has no UTF-8. */
const NO_TEXT = /[\0\p{Surrogate}]/u;

function faultsOfText(value: unknown, path: readonly PropertyKey[]): RequestFault[] {
  if (typeof value === 'string') {
    const detail = 'it holds a character that is no text';
    return NO_TEXT.test(value) ? [{ pointer: pointerOf(path), code: 'not-text', detail }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => faultsOfText(part, [...path, key]));
}
