import type { Driver, DriverError } from '#driver';
import { Contract, contractFile } from '../http/testing/contract.client.js';
import { CT, MRI, subject, type NacFixture } from '../http/testing/nac-fixture.client.js';
import { newTlsIdentity, type TlsIdentity } from '../http/testing/tls-identity.client.js';
import { mistFixture } from './testing/mist-fixture.client.js';
import type { MistModel } from './testing/mist.model.js';

const fence = { pointId: 'nac-1', number: 1 };

describe('the driver mist', () => {
  let identity: TlsIdentity;
  let fixture: NacFixture<MistModel>;
  let model: MistModel;
  let driver: Driver;

  beforeAll(() => {
    identity = newTlsIdentity();
  });
  afterAll(() => identity.remove());

  const start = async (changes: Record<string, unknown> = {}): Promise<void> => {
    fixture = await mistFixture(identity, changes);
    model = fixture.standIn.model;
    driver = fixture.newDriver();
  };
  beforeEach(() => start());
  afterEach(() => fixture.stop());

  const setPolicy = (mac = MRI): Promise<void> =>
    driver.apply({ kind: 'set-policy', isolation: { ...subject, mac } }, fence);
  const clearPolicy = (): Promise<void> =>
    driver.apply({ kind: 'clear-policy', mac: MRI, quarantineId: subject.quarantineId }, fence);
  const renew = async (): Promise<void> => {
    const [session] = (await driver.read([MRI])).sessions;
    const { mac, port } = subject;
    const sessionId = session?.sessionId ?? 'none';
    await driver.apply({ kind: 'renew-session', mac, switch: 'sw-1', port, sessionId, isolation: subject }, fence);
  };
  const failure = async (call: Promise<unknown>): Promise<DriverError> =>
    (await call.catch((error: unknown) => error)) as DriverError;
  const isolated = async (): Promise<boolean[]> => (await driver.read([MRI])).sessions.map((one) => one.isolated);

  it('keeps the rest of a record that it can only write whole, and makes none', async () => {
    const before = structuredClone(model.userMac(MRI));
    await setPolicy();
    expect(model.userMac(MRI)).toEqual({ ...before, labels: ['modality', 'lazaret'] });
    await clearPolicy();
    expect(model.userMac(MRI)).toEqual(before);
    expect(await failure(setPolicy('02:00:00:00:00:01'))).toMatchObject({ code: 'refused' });
    expect(model.userMacs.size).toBe(2);
  });

  it('F5 F31 a label alone moves no client, and is not shown as isolated', async () => {
    await setPolicy();
    expect(await isolated()).toEqual([false]);
    await renew();
    expect(await isolated()).toEqual([true]);
  });

  it('F6 without a live client the label stands, and a renewal says no-session', async () => {
    model.endSession(MRI);
    await setPolicy();
    expect(await driver.read([MRI])).toMatchObject({ sessions: [], policies: [{ ours: true }] });
    expect(await failure(renew())).toMatchObject({ code: 'no-session', retry: 'permanent' });
  });

  it('F7 F11 a client that connects again, wherever, has its label still', async () => {
    await setPolicy();
    Object.assign(model.clients.get(MRI)!, { port: 'ge-0/0/20' });
    model.connect(MRI);
    expect((await driver.read([MRI])).sessions).toEqual([
      expect.objectContaining({ port: 'ge-0/0/20', switch: 'sw-1', isolated: true }),
    ]);
  });

  it('F8 F9 bounces a port only where the device is alone on it', async () => {
    await fixture.stop();
    await start({ renew: 'bounce-port' });
    await setPolicy();
    const own = model.clients.get(CT)!.port;
    model.clients.get(CT)!.port = 'ge-0/0/7';
    expect(await failure(renew())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('has 2 devices'),
    });
    model.clients.get(CT)!.port = own;
    await renew();
    const last = fixture.standIn.requests.filter(({ method }) => method === 'POST').at(-1);
    expect(last).toMatchObject({ text: '{"ports":["ge-0/0/7"]}' });
    expect(await isolated()).toEqual([true]);
  });

  it('F13 a label by which others isolate is a conflict, named', async () => {
    model.userMac(MRI).labels = ['soc-quarantine'];
    expect(await failure(setPolicy())).toMatchObject({
      code: 'changed-by-others',
      message: expect.stringContaining('label soc-quarantine'),
    });
    expect(fixture.standIn.writes).toBe(0);
  });

  it('F14 the right rule with another VLAN is not shown as isolated, and a rule that isolates nobody is found beforehand', async () => {
    await setPolicy();
    await renew();
    model.clients.get(MRI)!.vlan = 10;
    expect(await isolated()).toEqual([false]);
    const wrong = async (): Promise<string[]> =>
      (await driver.probe()).filter(({ ok }) => ok === false).map(({ detail }) => detail);
    model.tags[1]!.allow_usermac_override = true;
    expect(await wrong()).toEqual([expect.stringContaining("client's own VLAN")]);
    model.tags[0]!.values = ['other'];
    expect(await wrong()).toEqual([expect.stringContaining('does not match the label lazaret')]);
    model.rules[0]!.enabled = false;
    expect(await wrong()).toEqual(['it is disabled']);
  });

  it('F24 what of ours is there is listed for people', async () => {
    await setPolicy();
    const held = (await driver.probe()).find(({ check }) => check === 'what of ours it holds');
    expect(held?.detail).toContain(MRI);
  });

  const file = contractFile('mist/mist-subset.openapi.json');
  (file ? it : it.skip)(
    'asks, and is answered, as the published description says (shared/data, if present)',
    async () => {
      await setPolicy();
      await renew();
      await driver.probe();
      await clearPolicy();
      await fixture.stop();
      const contract = new Contract(file!);
      const coa = fixture.standIn.exchanges;
      await start({ renew: 'bounce-port' });
      await setPolicy();
      await renew();
      const exchanges = [...coa, ...fixture.standIn.exchanges];
      expect(exchanges.flatMap(({ request }) => contract.problems(request))).toEqual([]);
      expect(exchanges.flatMap(({ request, answer }) => contract.answerProblems(request, answer))).toEqual([]);
      expect(exchanges.length).toBeGreaterThan(15);
      const wrong = {
        ...exchanges[0]!.request,
        method: 'PUT',
        path: '/api/v1/orgs/a/usermacs/b',
        text: '{"labels":"lazaret"}',
      };
      expect(contract.problems(wrong)).toHaveLength(1);
    },
  );
});
