import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Driver, DriverError } from '#driver';
import { contractFile } from '../http/testing/contract.client.js';
import { CT, MRI, secretFile, subject, type NacFixture } from '../http/testing/nac-fixture.client.js';
import { newTlsIdentity, type TlsIdentity } from '../http/testing/tls-identity.client.js';
import { byCoa, clearpassFixture } from './testing/clearpass-fixture.client.js';
import type { ClearPassModel } from './testing/clearpass.model.js';

const fence = { pointId: 'nac-1', number: 1 };
const python = `${process.cwd()}/.lazaret/python/bin/python3`;

interface Catalogued {
  method: string;
  path: string;
}

describe('the driver clearpass', () => {
  let identity: TlsIdentity;
  let fixture: NacFixture<ClearPassModel>;
  let model: ClearPassModel;
  let driver: Driver;

  beforeAll(() => {
    identity = newTlsIdentity();
  });
  afterAll(() => identity.remove());

  const start = async (changes: Record<string, unknown> = {}): Promise<void> => {
    fixture = await clearpassFixture(identity, changes);
    model = fixture.standIn.model;
    driver = fixture.newDriver();
  };
  afterEach(() => fixture.stop());

  const setPolicy = (changes: Partial<typeof subject> = {}): Promise<void> =>
    driver.apply({ kind: 'set-policy', isolation: { ...subject, ...changes } }, fence);
  const clearPolicy = (quarantineId = subject.quarantineId): Promise<void> =>
    driver.apply({ kind: 'clear-policy', mac: MRI, quarantineId }, fence);
  const renew = async (): Promise<void> => {
    const [session] = (await driver.read([MRI])).sessions;
    const { mac, port } = subject;
    const sessionId = session?.sessionId ?? 'none';
    await driver.apply({ kind: 'renew-session', mac, switch: 'sw-1', port, sessionId, isolation: subject }, fence);
  };
  const failure = async (call: Promise<unknown>): Promise<DriverError> =>
    (await call.catch((error: unknown) => error)) as DriverError;
  const isolated = async (): Promise<boolean[]> => (await driver.read([MRI])).sessions.map((one) => one.isolated);

  it('takes one token for many requests, a new one when it is refused, and says which client is not accepted', async () => {
    await start();
    const logins = (): number => fixture.standIn.requests.filter(({ path }) => path === '/api/oauth').length;
    await driver.read([MRI, CT]);
    expect(logins()).toBe(1);
    model.tokens.clear();
    await driver.read([MRI]);
    expect(logins()).toBe(2);
    model.secret = 'rotated';
    model.tokens.clear();
    expect(await failure(driver.read([MRI]))).toMatchObject({
      code: 'misconfigured',
      message: expect.stringMatching(/client lazaret.*secret$/),
    });
  });

  it('keeps every attribute that is not ours, and makes no endpoint', async () => {
    await start();
    await setPolicy();
    await clearPolicy();
    expect(model.endpoint(MRI).attributes).toMatchObject({ Location: 'radiology', 'Lazaret-Policy': '' });
    expect(await failure(setPolicy({ mac: '02:00:00:00:00:01' }))).toMatchObject({ code: 'refused' });
    expect(model.endpoints.size).toBe(2);
  });

  it('writes the mark, renews it for a newer generation, and leaves another quarantine alone', async () => {
    await start();
    await setPolicy();
    await setPolicy({ generation: 2 });
    const [held] = (await driver.read([MRI])).policies;
    expect(held?.mark).toEqual({ quarantineId: subject.quarantineId, generation: 2 });
    expect(await failure(clearPolicy('01932b1c-0000-7000-8000-00000000ffff'))).toMatchObject({
      code: 'changed-by-others',
    });
    expect(model.endpoint(MRI).attributes['Lazaret-Policy']).toBe('modality');
  });

  it('F5 F31 an attribute alone moves no session, and is not shown as isolated', async () => {
    await start();
    await setPolicy();
    expect(await isolated()).toEqual([false]);
    await renew();
    expect(await isolated()).toEqual([true]);
  });

  it('F3 F5 a change of authorization is followed to its end, and its failure is told in its words', async () => {
    await start({ renew: byCoa });
    await setPolicy();
    model.actionEnd = 'failed: the switch did not answer';
    expect(await failure(renew())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('the switch did not answer'),
    });
    expect(await isolated()).toEqual([false]);
    model.actionEnd = 'in_progress';
    const before = performance.now();
    await renew();
    expect(performance.now() - before).toBeLessThan(2000);
    expect(await isolated()).toEqual([false]);
  });

  it('F6 without a live session the attribute stands, and a renewal says no-session, however ClearPass says it', async () => {
    await start({ renew: byCoa });
    await setPolicy();
    model.actionEnd = 'failed: No active session found';
    expect(await failure(renew())).toMatchObject({ code: 'no-session' });
    model.endSession(MRI);
    expect(await driver.read([MRI])).toMatchObject({ sessions: [], policies: [{ ours: true }] });
    expect(await failure(renew())).toMatchObject({ code: 'no-session', retry: 'permanent' });
  });

  it('F7 F11 the attribute is the device’s, so that it holds wherever and whenever it connects again', async () => {
    await start();
    await setPolicy();
    model.connect(MRI);
    expect(await isolated()).toEqual([true]);
  });

  it('F13 F23 a value that somebody else has written is named and left alone, as is an endpoint that is disabled', async () => {
    await start();
    model.endpoint(MRI).attributes['Lazaret-Policy'] = 'modality';
    expect(await failure(setPolicy())).toMatchObject({ code: 'changed-by-others' });
    model.endpoint(CT).status = 'Disabled';
    expect(await failure(setPolicy({ mac: CT }))).toMatchObject({ message: expect.stringContaining('Disabled') });
    expect(fixture.standIn.writes).toBe(0);
  });

  it('F14 a profile that ClearPass does not have is found beforehand', async () => {
    await start({ renew: { by: 'reauthorize', profile: 'Nowhere' } });
    expect((await driver.probe()).filter(({ ok }) => ok === false)).toEqual([
      expect.objectContaining({ check: 'enforcement profile Nowhere is there' }),
    ]);
  });

  it('F24 what of ours is there is listed for people', async () => {
    await start();
    await setPolicy();
    const held = (await driver.probe()).find(({ check }) => check === 'what of ours it holds');
    expect(held?.detail).toContain(MRI);
  });

  it('reauthorizes exactly the session that was read', async () => {
    await start({ renew: { by: 'reauthorize', profile: 'Lazaret Isolate' } });
    await setPolicy();
    const id = model.sessions.get(MRI)?.id;
    await renew();
    expect(fixture.standIn.requests.find(({ path }) => path === `/api/session/${id}/reauthorize`)).toBeDefined();
    expect(await isolated()).toEqual([true]);
  });

  (existsSync(python) ? it : it.skip)(
    'has a stand-in that Aruba’s own client works with (pyclearpass, if installed)',
    async () => {
      await start();
      const script = new URL('./testing/pyclearpass_client.py', import.meta.url).pathname;
      const { url } = fixture.standIn.peer;
      const { stdout } = await promisify(execFile)(python, [script, url, identity.caFile, secretFile(identity), MRI]);
      expect(JSON.parse(stdout)).toMatchObject({
        before: { status: 'Known', attributes: { Location: 'radiology' } },
        changed: { attributes: { Location: 'radiology', Owner: 'pyclearpass' } },
        sessions: { _embedded: { items: [{ state: 'active' }, { state: 'closed' }] } },
        state: { status: 'success' },
      });
      expect(model.isIsolated(MRI)).toBe(true);
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
      await start({ renew: renewing });
      await setPolicy();
      await renew();
      await driver.probe();
      await clearPolicy();
      const asked = fixture.standIn.requests.map(({ method, path }) => [method, path] as const);
      expect(asked.filter(([method, path]) => !isNamed(method, path))).toEqual([]);
      expect(asked.length).toBeGreaterThan(8);
      await fixture.stop();
    }
    await start();
  });
});
