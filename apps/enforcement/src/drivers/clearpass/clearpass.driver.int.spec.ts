import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { contractFile } from '../http/testing/contract.client.js';
import { CT, MRI, secretFile, subject } from '../http/testing/nac-fixture.client.js';
import { NacBench, failure } from '../http/testing/nac-bench.client.js';
import { byCoa, clearpassFixture } from './testing/clearpass-fixture.client.js';

const python = `${process.cwd()}/.lazaret/python/bin/python3`;

interface Catalogued {
  method: string;
  path: string;
}

describe('the driver clearpass', () => {
  const bench = new NacBench(clearpassFixture);

  it('takes one token for many requests, a new one when it is refused, and says which client is not accepted', async () => {
    const logins = (): number => bench.fixture.standIn.requests.filter(({ path }) => path === '/api/oauth').length;
    await bench.driver.read([MRI, CT]);
    expect(logins()).toBe(1);
    bench.model.tokens.clear();
    await bench.driver.read([MRI]);
    expect(logins()).toBe(2);
    bench.model.secret = 'rotated';
    bench.model.tokens.clear();
    expect(await failure(bench.driver.read([MRI]))).toMatchObject({
      code: 'misconfigured',
      message: expect.stringMatching(/client lazaret.*secret$/),
    });
  });

  it('keeps every attribute that is not ours, and makes no endpoint', async () => {
    await bench.setPolicy();
    await bench.clearPolicy();
    expect(bench.model.endpoint(MRI).attributes).toMatchObject({ Location: 'radiology', 'Lazaret-Policy': '' });
    expect(await failure(bench.setPolicy({ mac: '02:00:00:00:00:01' }))).toMatchObject({ code: 'refused' });
    expect(bench.model.endpoints.size).toBe(2);
  });

  it('writes the mark, renews it for a newer generation, and leaves another quarantine alone', async () => {
    await bench.setPolicy();
    await bench.setPolicy({ generation: 2 });
    const [held] = (await bench.driver.read([MRI])).policies;
    expect(held?.mark).toEqual({ quarantineId: subject.quarantineId, generation: 2 });
    expect(await failure(bench.clearPolicy('01932b1c-0000-7000-8000-00000000ffff'))).toMatchObject({
      code: 'changed-by-others',
    });
    expect(bench.model.endpoint(MRI).attributes['Lazaret-Policy']).toBe('modality');
  });

  it('F5 F31 an attribute alone moves no session, and is not shown as isolated', async () => {
    await bench.setPolicy();
    expect(await bench.isolated()).toEqual([false]);
    await bench.renew();
    expect(await bench.isolated()).toEqual([true]);
  });

  it('F3 F5 a change of authorization is followed to its end, and its failure is told in its words', async () => {
    await bench.restart({ renew: byCoa });
    await bench.setPolicy();
    bench.model.actionEnd = 'failed: the switch did not answer';
    expect(await failure(bench.renew())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('the switch did not answer'),
    });
    expect(await bench.isolated()).toEqual([false]);
    bench.model.actionEnd = 'in_progress';
    const before = performance.now();
    await bench.renew();
    expect(performance.now() - before).toBeLessThan(2000);
    expect(await bench.isolated()).toEqual([false]);
  });

  it('F6 without a live session the attribute stands, and a renewal says no-session, however ClearPass says it', async () => {
    await bench.restart({ renew: byCoa });
    await bench.setPolicy();
    bench.model.actionEnd = 'failed: No active session found';
    expect(await failure(bench.renew())).toMatchObject({ code: 'no-session' });
    bench.model.endSession(MRI);
    expect(await bench.driver.read([MRI])).toMatchObject({ sessions: [], policies: [{ ours: true }] });
    expect(await failure(bench.renew())).toMatchObject({ code: 'no-session', retry: 'permanent' });
  });

  it('F7 F11 the attribute is the device’s, so that it holds wherever and whenever it connects again', async () => {
    await bench.setPolicy();
    bench.model.connect(MRI);
    expect(await bench.isolated()).toEqual([true]);
  });

  it('F13 F23 a value that somebody else has written is named and left alone, as is an endpoint that is disabled', async () => {
    bench.model.endpoint(MRI).attributes['Lazaret-Policy'] = 'modality';
    expect(await failure(bench.setPolicy())).toMatchObject({ code: 'changed-by-others' });
    bench.model.endpoint(CT).status = 'Disabled';
    expect(await failure(bench.setPolicy({ mac: CT }))).toMatchObject({ message: expect.stringContaining('Disabled') });
    expect(bench.fixture.standIn.writes).toBe(0);
  });

  it('F14 a profile that ClearPass does not have is found beforehand', async () => {
    await bench.restart({ renew: { by: 'reauthorize', profile: 'Nowhere' } });
    expect((await bench.driver.probe()).filter(({ ok }) => ok === false)).toEqual([
      expect.objectContaining({ check: 'enforcement profile Nowhere is there' }),
    ]);
  });

  it('F24 what of ours is there is listed for people', async () => {
    await bench.setPolicy();
    expect(await bench.held()).toContain(MRI);
  });

  it('reauthorizes exactly the session that was read', async () => {
    await bench.restart({ renew: { by: 'reauthorize', profile: 'Lazaret Isolate' } });
    await bench.setPolicy();
    const id = bench.model.sessions.get(MRI)?.id;
    await bench.renew();
    expect(bench.fixture.standIn.requests.find(({ path }) => path === `/api/session/${id}/reauthorize`)).toBeDefined();
    expect(await bench.isolated()).toEqual([true]);
  });

  (existsSync(python) ? it : it.skip)(
    'has a stand-in that Aruba’s own client works with (pyclearpass, if installed)',
    async () => {
      const script = new URL('./testing/pyclearpass_client.py', import.meta.url).pathname;
      const { url } = bench.fixture.standIn.peer;
      const { stdout } = await promisify(execFile)(python, [
        script,
        url,
        bench.identity.caFile,
        secretFile(bench.identity),
        MRI,
      ]);
      expect(JSON.parse(stdout)).toMatchObject({
        before: { status: 'Known', attributes: { Location: 'radiology' } },
        changed: { attributes: { Location: 'radiology', Owner: 'pyclearpass' } },
        sessions: { _embedded: { items: [{ state: 'active' }, { state: 'closed' }] } },
        state: { status: 'success' },
      });
      expect(bench.model.isIsolated(MRI)).toBe(true);
    },
  );

  const file = contractFile('clearpass/pyclearpass-1.0.11-catalogue.json');
  (file ? it : it.skip)('asks only what the vendor’s catalogue names (shared/data, if present)', async () => {
    const catalogue = JSON.parse(readFileSync(file!, 'utf8')) as Catalogued[];
    const isNamed = (method: string, path: string): boolean =>
      catalogue.some(
        (one) => one.method === method && new RegExp(`^${one.path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
      );
    for (const renewing of [byCoa, { by: 'disconnect' }, { by: 'reauthorize', profile: 'Lazaret Isolate' }]) {
      await bench.restart({ renew: renewing });
      await bench.setPolicy();
      await bench.renew();
      await bench.driver.probe();
      await bench.clearPolicy();
      const asked = bench.fixture.standIn.requests.map(({ method, path }) => [method, path] as const);
      expect(asked.filter(([method, path]) => !isNamed(method, path))).toEqual([]);
      expect(asked.length).toBeGreaterThan(8);
      await bench.fixture.stop();
    }
  });
});
