import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { OPERATIONS, problemsOf, type Operation } from './operations.js';
import { PROBLEMS, type ProblemName } from './problems.js';
import { problem } from './resources.js';

/** The version of the REST interface and of the event documents. */
export const VERSION = '0.1.0';

/** The OpenAPI 3.1 document of the REST interface (https://spec.openapis.org/oas/v3.1.1.html). */
export function openApiDocument(): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Lazaret',
      version: VERSION,
      description: 'Errors are application/problem+json (RFC 9457); `type` names a page that says what to do.',
    },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A token made by an admin' } },
    },
    paths: paths(),
  });
}

function paths(): ZodOpenApiPathsObject {
  const made: ZodOpenApiPathsObject = {};
  for (const operation of OPERATIONS) {
    made[operation.path] = { ...made[operation.path], [operation.method]: described(operation) };
  }
  return made;
}

function described(operation: Operation): ZodOpenApiOperationObject {
  const { body, query, role, summary } = operation;
  const parameters = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const path = z.object(Object.fromEntries(parameters.map((name) => [name, z.string()])));
  return {
    operationId: `${operation.method}${operation.path.replace(/[^a-z]+(\w)?/gi, (_, letter?: string) => letter?.toUpperCase() ?? '')}`,
    summary,
    ...(role === 'none' ? {} : { description: `Role: ${role}`, security: [{ bearer: [] }] }),
    requestParams: { ...(parameters.length > 0 ? { path } : {}), ...(query ? { query } : {}) },
    ...(body ? { requestBody: { required: true, content: content(body) } } : {}),
    responses: { ...answers(operation), ...refusals(operation) },
  };
}

function content(body: NonNullable<Operation['body']>) {
  return typeof body === 'string' ? { [body]: { schema: z.string() } } : { 'application/json': { schema: body } };
}

function answers({ answer: { status, schema, media } }: Operation) {
  const body = schema ? { 'application/json': { schema } } : media ? { [media]: { schema: z.string() } } : undefined;
  return {
    [`${status}` as `${1 | 2 | 4 | 5}${string}`]: { description: 'As asked', ...(body ? { content: body } : {}) },
  };
}

function refusals(operation: Operation) {
  const byStatus = new Map<number, ProblemName[]>();
  for (const name of problemsOf(operation)) {
    const { status } = PROBLEMS[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      `${status}` as `${1 | 2 | 4 | 5}${string}`,
      { description: names.join(', '), content: { 'application/problem+json': { schema: problem } } },
    ]),
  );
}
