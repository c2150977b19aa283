import type { Driver, DriverError } from '#driver';
import { MRI, subject, type NacFixture } from '../http/testing/nac-fixture.client.js';
import { newTlsIdentity, type TlsIdentity } from '../http/testing/tls-identity.client.js';
import { forescoutFixture } from './testing/forescout-fixture.client.js';
import type { ForescoutModel } from './testing/forescout.model.js';

const fence = { pointId: 'nac-1', number: 1 };
const UNKNOWN = '02:00:00:00:00:01';

describe('the driver forescout', () => {
  let identity: TlsIdentity;
  let fixture: NacFixture<ForescoutModel>;
  let model: ForescoutModel;
  let driver: Driver;

  beforeAll(() => {
    identity = newTlsIdentity();
  });
  afterAll(() => identity.remove());

  const start = async (changes: Record<string, unknown> = {}): Promise<void> => {
    fixture = await forescoutFixture(identity, changes);
    model = fixture.standIn.model;
    driver = fixture.newDriver();
  };
  beforeEach(() => start());
  afterEach(() => fixture.stop());

  const setPolicy = (mac = MRI): Promise<void> =>
    driver.apply({ kind: 'set-policy', isolation: { ...subject, mac } }, fence);
  const failure = async (call: Promise<unknown>): Promise<DriverError> =>
    (await call.catch((error: unknown) => error)) as DriverError;

  it('makes no host: it asks first, and says so where Forescout makes one all the same', async () => {
    expect(await failure(setPolicy(UNKNOWN))).toMatchObject({ code: 'refused' });
    expect(fixture.standIn.writes).toBe(0);
    model.makesHosts = true;
    const plain = model.answer.bind(model);
    model.answer = (request) => {
      // It is forgotten between the question and the write.
      if (request.path.startsWith('/fsapi')) model.hosts.delete(MRI.replaceAll(':', ''));
      return plain(request);
    };
    expect(await failure(setPolicy())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('made a host'),
    });
  });

  it('sends XML with a key, the property, and no wish for a new host', async () => {
    await setPolicy();
    const sent = fixture.standIn.requests.find(({ path }) => path === '/fsapi/niCore/Hosts');
    expect(sent?.text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><FSAPI TYPE="request" API_VERSION="1.0"><TRANSACTION TYPE="update">' +
        '<OPTIONS CREATE_NEW_HOST="false"/><HOST_KEY NAME="mac" VALUE="080006100011"/><PROPERTIES>' +
        '<PROPERTY NAME="lazaret_modality"><VALUE>on</VALUE></PROPERTY></PROPERTIES></TRANSACTION></FSAPI>',
    );
  });

  it('tells a refusal that comes with HTTP status 200 in its words, and an answer that is none as such', async () => {
    model.properties.shift();
    expect(await failure(setPolicy())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Unknown property'),
    });
    const plain = model.answer.bind(model);
    model.answer = (request) => (request.path.startsWith('/fsapi') ? { status: 200, body: '<html/>' } : plain(request));
    expect(await failure(setPolicy())).toMatchObject({ code: 'bad-answer', retry: 'ambiguous' });
  });

  it('F5 F31 a property that is on, and on which no policy has acted, is not shown as isolated', async () => {
    model.policyActs = false;
    await setPolicy();
    const { policies, sessions } = await driver.read([MRI]);
    expect(policies).toEqual([expect.objectContaining({ ours: true })]);
    expect(sessions).toEqual([expect.objectContaining({ isolated: false, vlan: 10, switch: 'sw-1' })]);
  });

  it('F6 a host that is off has no session, and the property stands', async () => {
    model.endSession(MRI);
    await setPolicy();
    expect(await driver.read([MRI])).toMatchObject({ sessions: [], policies: [{ ours: true }] });
  });

  it('F11 a property that is on is the host’s, so that it holds when it connects again', async () => {
    await setPolicy();
    model.host(MRI).online = false;
    model.host(MRI).online = true;
    expect((await driver.read([MRI])).sessions).toEqual([expect.objectContaining({ isolated: true })]);
  });

  it('F13 a property by which others isolate is a conflict, named', async () => {
    model.host(MRI).properties['PanwIoTQuarantine'] = 'on';
    expect(await failure(setPolicy())).toMatchObject({
      code: 'changed-by-others',
      message: expect.stringContaining('PanwIoTQuarantine'),
    });
    expect(fixture.standIn.writes).toBe(0);
  });

  it('F14 a property that Forescout does not have is found beforehand', async () => {
    model.properties.shift();
    expect((await driver.probe()).filter(({ ok }) => ok === false)).toEqual([
      expect.objectContaining({ check: 'property lazaret_modality is there' }),
    ]);
  });

  it('reads a filter by the property that shows it', async () => {
    await fixture.stop();
    const filter = {
      name: 'modality',
      property: 'lazaret_modality',
      mode: 'filter',
      permits: [{ peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' }],
      shownBy: { property: 'acl', value: 'Lazaret' },
    };
    await start({ policies: [filter] });
    const isolated = async (): Promise<boolean | undefined> => (await driver.read([MRI])).sessions[0]?.isolated;
    expect(await isolated()).toBe(false);
    model.host(MRI).properties['acl'] = 'Lazaret';
    expect(await isolated()).toBe(true);
  });

  it('refuses to make a session begin anew, which Forescout alone does', async () => {
    const step = {
      kind: 'renew-session',
      mac: MRI,
      switch: 'sw-1',
      port: '7',
      sessionId: '1',
      isolation: null,
    } as const;
    expect(await failure(driver.apply(step, fence))).toMatchObject({ code: 'refused' });
  });
});
