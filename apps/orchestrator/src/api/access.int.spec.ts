import { randomUUID } from 'node:crypto';
import { OPERATIONS, problemsOf, type Operation } from './operations.js';
import { problem as problemShape } from './resources.js';
import { RestService } from './testing/rest-service.client.js';
import type { Answer, RestReader } from './testing/rest-reader.client.js';

/** Who may do what, as the reference of the interface says; the table in operations.ts is checked against this. */
const REFERENCE = {
  viewer: `get /v1/devices, get /v1/devices/{id}, get /v1/quarantines, get /v1/quarantines/{id},
    get /v1/quarantines/{id}/timeline, get /v1/stream, get /v1/sensors, get /v1/policy, post /v1/policy/checks,
    get /v1/limits, get /v1/kill-switch, get /v1/webhooks, get /v1/points, get /v1/points/{id},
    get /v1/drills/{id}, get /v1/readiness`,
  operator: `post /v1/quarantines, put /v1/devices/{id}/hold, delete /v1/devices/{id}/hold,
    get /v1/quarantines/{id}/undo`,
  approver: `post /v1/quarantines/{id}/approvals, post /v1/quarantines/{id}/rejections,
    post /v1/quarantines/{id}/releases`,
  admin: `post /v1/inventory, put /v1/kill-switch, get /v1/audit, post /v1/tokens, get /v1/tokens,
    delete /v1/tokens/{id}, post /v1/webhooks/{name}/retries,
    post /v1/points/{id}/drills`,
  none: `get /openapi.json, get /asyncapi.json, get /schemas/{name}, get /problems/{name}, get /health/live,
    get /health/ready`,
};
/** Which roles a need lets in: each includes the ones before, but an admin does not approve. */
const LETS_IN: Record<string, string[]> = {
  viewer: ['viewer', 'operator', 'approver', 'admin'],
  operator: ['operator', 'approver', 'admin'],
  approver: ['approver'],
  admin: ['admin'],
};
/** The page for people: no operations of the interface. */
const PAGE = ['get /', 'get /console/{name}'];

let service: RestService;
let refused: [string, string, RestReader][];

beforeAll(async () => {
  service = await RestService.start();
  const expired = await service.token('late', 'admin', new Date(Date.now() - 1000));
  const revoked = await service.token('gone', 'admin');
  await service.database.owner.query(`UPDATE tokens SET revoked_at = now() WHERE name = 'gone'`);
  const stolen = `${service.tokens.admin.slice(0, -4)}AAAA`;
  refused = [
    ['no token', 'unauthenticated', service.as(null)],
    ['an expired token', 'token-expired', service.as({ token: expired })],
    ['a revoked token', 'unauthenticated', service.as({ token: revoked })],
    ['a malformed token', 'unauthenticated', service.as({ token: `lzt_'; DROP TABLE tokens` })],
    ['a token with a wrong secret', 'unauthenticated', service.as({ token: stolen })],
  ];
}, 120_000);
afterAll(() => service.stop());

const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>) => `${method} ${path}`;

/** A request that the guard lets through and the operation then finds empty, so that nothing is changed by asking. */
function ask(reader: RestReader, { method, path, body }: Operation): Promise<Answer> {
  const address = path.replaceAll(/\{\w+\}/g, randomUUID());
  if (path === '/v1/stream') return reader.get(address, { 'last-event-id': 'nowhere' });
  if (!body) return reader.send(method.toUpperCase(), address);
  const media = typeof body === 'string' ? body : 'application/json';
  return reader.send(method.toUpperCase(), address, typeof body === 'string' ? '' : '{}', { 'content-type': media });
}

async function expectProblem(answer: Answer, name: string): Promise<void> {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const document = problemShape.parse(answer.body);
  expect(document).toMatchObject({ type: `/problems/${name}`, status: answer.status });
  const page = await service.as(null).get(document.type);
  expect(page.status).toBe(200);
  expect(page.text).toContain(document.title);
}

describe('the table of operations', () => {
  it('gives each operation the role of the reference, and no other operation', () => {
    const written = Object.entries(REFERENCE).flatMap(([role, names]) =>
      names.split(',').map((name) => `${name.trim()} ${role}`),
    );
    expect(OPERATIONS.map((operation) => `${nameOf(operation)} ${operation.role}`).sort()).toEqual(written.sort());
  });

  it('has every route that the service serves, and the service serves every one in it', () => {
    const { router } = service.app.getHttpAdapter().getInstance();
    const routes = router.stack.flatMap(({ route }) => {
      if (!route) return [];
      const { path, methods } = route as unknown as { path: string; methods: Record<string, boolean> };
      return Object.keys(methods).map((method) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    });
    expect(routes.sort()).toEqual([...OPERATIONS.map(nameOf), ...PAGE].sort());
  });
});

describe.each(OPERATIONS.map((operation) => [nameOf(operation), operation] as const))('%s', (_, operation) => {
  it('is done for whom the reference names, and for nobody else', async () => {
    for (const role of ['viewer', 'operator', 'approver', 'admin'] as const) {
      const answer = await ask(service.as(role), operation);
      const mayAsk = operation.role === 'none' || LETS_IN[operation.role]?.includes(role);
      expect([role, answer.status === 403]).toEqual([role, !mayAsk]);
      if (!mayAsk) await expectProblem(answer, 'forbidden');
      else if (answer.status >= 400) expect(problemsOf(operation)).toContain(String(answer.body['type']).slice(10));
    }
  });

  it('tells everybody without a valid token why, and how to show one', async () => {
    for (const [who, name, reader] of refused) {
      const answer = await ask(reader, operation);
      if (operation.role === 'none') {
        expect([who, answer.status === 401]).toEqual([who, false]);
        continue;
      }
      expect([who, answer.status]).toEqual([who, 401]);
      await expectProblem(answer, name);
      const challenge = 'Bearer realm="lazaret"' + (reader.token === null ? '' : ', error="invalid_token"');
      expect(answer.headers.get('www-authenticate')).toBe(challenge);
    }
  });
});

it('answers an address that is none, and a page file that is none, as not-found', async () => {
  for (const path of ['/v1/nothing', '/v2', '/console/%2e%2e%2fmain.ts', '/schemas/none.json', '/problems/none']) {
    await expectProblem(await service.as('admin').get(path), 'not-found');
  }
});

it('changed nothing by asking', async () => {
  const people = [...Object.keys(service.tokens).map((role) => `${role}-1`), 'late', 'gone'];
  const { rows } = await service.database.owner.query('SELECT action FROM audit WHERE actor = ANY ($1)', [people]);
  expect(rows).toEqual([]);
});
