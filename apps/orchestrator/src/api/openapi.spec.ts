import { Validator } from '@seriousme/openapi-schema-validator';
import { openApiDocument } from './openapi.js';
import { OPERATIONS, problemsOf } from './operations.js';
import { PROBLEMS, problemDocument } from './problems.js';

describe('the OpenAPI document', () => {
  const document = openApiDocument();

  it('names every operation once, with its role and its problems', () => {
    const keys = OPERATIONS.map((operation) => `${operation.method} ${operation.path}`);
    expect(new Set(keys).size).toBe(keys.length);
    const ids = Object.values(document.paths ?? {})
      .flatMap((path) => Object.values(path ?? {}))
      .map((o) => (o as { operationId: string }).operationId);
    expect(new Set(ids).size).toBe(OPERATIONS.length);
    const approve = document.paths?.['/v1/quarantines/{id}/approvals']?.post;
    expect(approve?.description).toBe('Role: approver');
    expect(approve?.responses?.['409']).toMatchObject({ description: expect.stringContaining('plan-stale') });
    expect(approve?.responses?.['403']).toMatchObject({ description: expect.stringContaining('same-person') });
  });

  it('is valid by a validator of the OpenAPI schemas', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)) as Record<string, unknown>);
    expect([valid, errors]).toEqual([true, undefined]);
    expect(validator.version).toBe('3.1');
    expect((await new Validator().validate({ ...document, paths: { '/x': { get: 1 } } })).valid).toBe(false);
  });

  it('asks for a token wherever a role is needed', () => {
    for (const { method, path, role } of OPERATIONS) {
      expect(document.paths?.[path]?.[method]?.security).toEqual(role === 'none' ? undefined : [{ bearer: [] }]);
    }
  });
});

describe('problems', () => {
  it('are all used by an operation, and each says what to do', () => {
    const used = new Set(OPERATIONS.flatMap(problemsOf));
    for (const [name, { help }] of Object.entries(PROBLEMS)) {
      expect([...used]).toContain(name);
      expect(help.length).toBeGreaterThan(20);
    }
  });

  it('are RFC 9457 documents', () => {
    expect(problemDocument('plan-stale', 'why', { stale: 'plan' })).toEqual({
      type: '/problems/plan-stale',
      title: PROBLEMS['plan-stale'].title,
      status: 409,
      detail: 'why',
      stale: 'plan',
    });
  });
});
