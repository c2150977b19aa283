import { randomUUID } from 'node:crypto';
import { RestService } from './testing/rest-service.client.js';
import type { Answer } from './testing/rest-reader.client.js';

const COLUMNS = 'site,realm,asset,name,modality,criticality,ward,ae_titles,infrastructure,mac,addressing,address,flows';
const JSON_MEDIA = { 'content-type': 'application/json' };
const CSV_MEDIA = { 'content-type': 'text/csv' };
const YAML_MEDIA = { 'content-type': 'text/yaml' };

let service: RestService;
beforeAll(async () => {
  service = await RestService.start();
}, 120_000);
afterAll(() => service.stop());

type Fault = { pointer?: string; row?: number; column?: string; code: string; detail: string };
const faultsOf = ({ body }: Answer) => body['errors'] as Fault[];
const placesOf = (answer: Answer) => faultsOf(answer).map(({ row, column, code }) => `${row} ${column} ${code}`);
const pointersOf = (answer: Answer) => faultsOf(answer).map(({ pointer, code }) => `${pointer} ${code}`);
const rowsOf = async (table: string) =>
  (await service.database.owner.query<{ count: string }>(`SELECT count(*) FROM ${table}`)).rows[0]?.count;

function expectInvalid(answer: Answer, name = 'invalid-request'): void {
  expect([answer.status, answer.body['type']]).toEqual([422, `/problems/${name}`]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
}

describe('an inventory with mistakes', () => {
  const send = (csv: string, path = '/v1/inventory') => service.as('admin').send('POST', path, csv, CSV_MEDIA);
  const good = `south,default,CT-1,CT 1,CT,important,radiology,CT1,no,08:00:06:10:00:77,static,10.11.0.13,`;

  it('is refused with every wrong column named', async () => {
    const answer = await send(`${COLUMNS.replace('ward,', 'wing,').replace(',flows', ',mac')}\n${good}\n`);
    expectInvalid(answer, 'invalid-inventory');
    expect(placesOf(answer)).toEqual([
      '1 flows missing-column',
      '1 mac doubled-column',
      '1 ward missing-column',
      '1 wing unknown-column',
    ]);
  });

  it('is refused with every row and column that is wrong, and nothing of it is imported', async () => {
    const rows = [
      good,
      good.replace('CT-1,CT 1', 'CT-2,CT 2').replace('CT1', 'CT2').replace('10.11.0.13', '10.11.0.14'),
      'south,default,CT-3,,CT,vital,radiology,CT3,no,08:00:06:10:00:7x,static,,',
      'south,default',
    ];
    const answer = await send([COLUMNS, ...rows, ''].join('\n'));
    expectInvalid(answer, 'invalid-inventory');
    expect(placesOf(answer)).toEqual([
      '3 mac doubled-mac',
      '4 address required',
      '4 criticality unknown-word',
      '4 mac invalid-mac',
      '4 name required',
      '5  wrong-columns',
    ]);
    expect(await rowsOf('inventory')).toBe('0');
    expect(await rowsOf(`audit WHERE action = 'inventory.imported'`)).toBe('0');
    expect(await rowsOf(`outbox WHERE topic = 'lazaret.inventory.v1'`)).toBe('0');
  });

  it('is imported once it is mended, and a dry run before only says what would be', async () => {
    const csv = `${COLUMNS}\n${good}\n`;
    const would = await send(csv, '/v1/inventory?dryRun=true');
    expect([would.body, await rowsOf('inventory')]).toEqual([{ added: 1, changed: 0, same: 0, removed: 0 }, '0']);
    expect((await send(csv)).body).toEqual({ added: 1, changed: 0, same: 0, removed: 0 });
    expect((await send(csv)).body).toEqual({ added: 0, changed: 0, same: 1, removed: 0 });
    expect(await rowsOf('inventory')).toBe('1');
  });

  it.each([
    ['JSON instead of CSV', '{}', JSON_MEDIA, 'not-csv'],
    ['YAML instead of CSV', 'a: 1', YAML_MEDIA, 'not-csv'],
    ['nothing', undefined, {}, 'not-csv'],
    ['a NUL', `${COLUMNS}\n${good.replace('CT 1', 'CT\0')}\n`, CSV_MEDIA, 'not-text'],
  ])('that is %s is refused', async (_, body, media, code) => {
    const answer = await service.as('admin').send('POST', '/v1/inventory', body, media);
    expectInvalid(answer);
    expect(pointersOf(answer)).toEqual([` ${code}`]);
  });
});

describe('a policy with mistakes', () => {
  const check = (yaml: string) => service.as('viewer').send('POST', '/v1/policy/checks', yaml, YAML_MEDIA);

  it('has each of them named by its place', async () => {
    const answer = await check(`
version: 1
levels: { isolate: 5 }
limits: { site: -1, hospital: 3 }
protected: { macs: [nonsense] }
rules:
  - { name: One, when: { level: panic }, then: isolate, lapseAfter: soon }
  - { name: two, when: { level: propose }, then: isolate, approvals: { count: 0, role: viewer } }
`);
    expectInvalid(answer, 'invalid-policy');
    const places = faultsOf(answer).map(({ pointer }) => pointer);
    for (const place of [
      '/levels/isolate',
      '/limits/site',
      '/limits',
      '/protected/macs/0',
      '/rules/0/name',
      '/rules/0/when/level',
      '/rules/0/lapseAfter',
      '/rules/1/approvals/count',
      '/rules/1/approvals/role',
    ]) {
      expect(places).toContain(place);
    }
    expect(answer.text).not.toContain('nonsense');
    expect(faultsOf(answer).find(({ pointer }) => pointer === '/limits')?.detail).toContain('hospital');
  });

  it('that is no YAML, or comes as JSON, is told so', async () => {
    expect(pointersOf(await check('rules: [\n  - {'))[0]).toBe(' not-yaml');
    const answer = await service.as('viewer').send('POST', '/v1/policy/checks', '{"version":1}', JSON_MEDIA);
    expect(pointersOf(answer)).toEqual([' not-yaml']);
  });
});

describe('a request', () => {
  const post = (body: string | Uint8Array<ArrayBuffer>, media: Record<string, string> = JSON_MEDIA) =>
    service.as('operator').send('POST', '/v1/quarantines', body, media);

  it.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>, string[]]>([
    ['malformed JSON', '{"deviceId": ', JSON_MEDIA, [' unreadable']],
    ['JSON that is no object', '"text"', JSON_MEDIA, [' unreadable']],
    ['an array', '[]', JSON_MEDIA, [' invalid_type']],
    ['no content type', '{"deviceId":"x","reason":"because"}', { 'content-type': '' }, [' not-json']],
    ['a wrong content type', '{"deviceId":"x","reason":"because"}', CSV_MEDIA, [' not-json']],
    ['an unknown charset', '{}', { 'content-type': 'application/json; charset=x-none' }, [' charset.unsupported']],
    ['an unknown encoding', '{}', { ...JSON_MEDIA, 'content-encoding': 'x-none' }, [' encoding.unsupported']],
    ['missing fields', '{}', JSON_MEDIA, ['/deviceId invalid_type', '/reason invalid_type']],
    [
      'unknown fields',
      '{"deviceId":"x","reason":"because","a/b~c":1,"role":"admin"}',
      JSON_MEDIA,
      ['/a~1b~0c unknown-field', '/role unknown-field'],
    ],
    ['a NUL in a text', '{"deviceId":"x\\u0000","reason":"because"}', JSON_MEDIA, ['/deviceId not-text']],
    ['half a character', '{"deviceId":"x","reason":"be\\ud800cause"}', JSON_MEDIA, ['/reason not-text']],
    ['a reason of spaces', '{"deviceId":"x","reason":"      "}', JSON_MEDIA, ['/reason too_small']],
  ])('with %s is refused by name', async (_, body, media, pointers) => {
    const answer = await post(body, media);
    expectInvalid(answer);
    expect(pointersOf(answer)).toEqual(pointers);
  });

  it('with deeply nested JSON is refused like any other', async () => {
    expectInvalid(await post(`{"deviceId":${'['.repeat(100_000)}${']'.repeat(100_000)},"reason":"because"}`));
  });

  it('that is too large is refused, and the connection stays usable', async () => {
    const large = JSON.stringify({ deviceId: 'x', reason: 'x'.repeat(300_000) });
    for (const answer of [
      await post(large),
      await service.as('admin').send('POST', '/v1/inventory', 'x'.repeat(9_000_000), CSV_MEDIA),
    ]) {
      expect([answer.status, answer.body['type']]).toEqual([413, '/problems/too-large']);
    }
    expect((await service.as('viewer').get('/problems/too-large')).status).toBe(200);
  });

  it.each([
    ['/v1/devices?limit=0', ['/limit too_small']],
    ['/v1/devices?limit=many', ['/limit invalid_type']],
    ['/v1/devices?level=panic&colour=red', ['/level invalid_value', '/colour unknown-field']],
    ['/v1/devices?site=%00', ['/site not-text']],
    ['/v1/devices?cursor=nonsense', ['/cursor bad-cursor']],
    ['/v1/quarantines?cursor=', ['/cursor bad-cursor']],
    [`/v1/quarantines?cursor=${Buffer.from('devices d-1').toString('base64url')}`, ['/cursor bad-cursor']],
    ['/v1/quarantines/%00', [' not-text']],
    ['/v1/quarantines/%ff', [' unreadable']],
  ])('for %s is refused by name', async (path, pointers) => {
    const answer = await service.as('viewer').get(path);
    expectInvalid(answer);
    expect(pointersOf(answer)).toEqual(pointers);
  });

  it('for what is not there is answered not-found', async () => {
    const id = randomUUID();
    const consent = { planDigest: `sha256:${'0'.repeat(64)}`, policyVersion: 'v', reason: 'because' };
    const [approver, operator] = [service.as('approver'), service.as('operator')];
    for (const answer of [
      await operator.post('/v1/quarantines', { deviceId: id, reason: 'because' }),
      await operator.put(`/v1/devices/${id}/hold`, { reason: 'because' }),
      await operator.get(`/v1/quarantines/${id}/undo`),
      await approver.post(`/v1/quarantines/${id}/approvals`, consent),
      await approver.post(`/v1/quarantines/${id}/releases`, { reason: 'because' }),
      await approver.get(`/v1/quarantines/${'x'.repeat(2000)}`),
    ]) {
      expect([answer.status, answer.body['type']]).toEqual([404, '/problems/not-found']);
    }
  });

  it('for a token that would never end, has ended, or bears a name of another or of Lazaret itself is refused', async () => {
    const make = (expires: string, name = 'x-1') =>
      service.as('admin').post('/v1/tokens', { name, role: 'viewer', expires });
    for (const expires of ['2001-01-01T00:00:00Z', '2999-01-01T00:00:00Z']) {
      expect(pointersOf(await make(expires))).toEqual(['/expires out-of-range']);
    }
    const soon = new Date(Date.now() + 60_000).toISOString();
    expect(pointersOf(await make(soon, 'Policy'))).toEqual(['/name custom']);
    const taken = await make(soon, 'viewer-1');
    expect([taken.status, taken.body['type']]).toEqual([409, '/problems/name-taken']);
  });
});
