import { type DriverError, type Driver, type PointReading } from '#driver';
import { Contract, contractFile } from '../http/testing/contract.client.js';
import { CT, MRI, subject, type NacFixture } from '../http/testing/nac-fixture.client.js';
import { newTlsIdentity, type TlsIdentity } from '../http/testing/tls-identity.client.js';
import { packetfenceFixture } from './testing/packetfence-fixture.client.js';
import type { PacketFenceModel } from './testing/packetfence.model.js';

const fence = { pointId: 'nac-1', number: 1 };

describe('the driver packetfence', () => {
  let identity: TlsIdentity;
  let fixture: NacFixture<PacketFenceModel>;
  let model: PacketFenceModel;
  let driver: Driver;

  beforeAll(() => {
    identity = newTlsIdentity();
  });
  afterAll(() => identity.remove());

  const start = async (changes: Record<string, unknown> = {}): Promise<void> => {
    fixture = await packetfenceFixture(identity, changes);
    model = fixture.standIn.model;
    driver = fixture.newDriver();
  };
  beforeEach(() => start());
  afterEach(() => fixture.stop());

  const setPolicy = (): Promise<void> => driver.apply({ kind: 'set-policy', isolation: subject }, fence);
  const renew = async (): Promise<void> => {
    const [session] = (await driver.read([MRI])).sessions;
    const { mac, port } = subject;
    const sessionId = session?.sessionId ?? 'none';
    await driver.apply({ kind: 'renew-session', mac, switch: 'sw-1', port, sessionId, isolation: subject }, fence);
  };
  const release = (): Promise<void> =>
    driver.apply({ kind: 'clear-policy', mac: MRI, quarantineId: subject.quarantineId }, fence);
  const failure = async (call: Promise<unknown>): Promise<DriverError> =>
    (await call.catch((error: unknown) => error)) as DriverError;
  const puts = (): string[] =>
    fixture.standIn.requests
      .filter(({ method }) => method === 'PUT')
      .map(({ path, text }) => `${path.split('/').at(-1)} ${text}`);
  const isolated = (reading: PointReading): boolean[] => reading.sessions.map((one) => one.isolated);

  it('logs in once, sends the token as it is, and once more when it is refused early', async () => {
    await driver.read([MRI, CT]);
    const logins = (): number => fixture.standIn.requests.filter(({ path }) => path === '/api/v1/login').length;
    expect(logins()).toBe(1);
    expect(fixture.standIn.requests[1]?.headers.authorization).toBe([...model.tokens][0]);
    model.tokens.clear();
    await driver.read([MRI]);
    expect(logins()).toBe(2);
  });

  it('names the account and the file, not what is in it, when the password is refused', async () => {
    model.password = 'another';
    const error = await failure(driver.read([MRI]));
    expect(error).toMatchObject({ code: 'misconfigured', message: expect.stringMatching(/user lazaret.*secret$/) });
  });

  it('opens by the number of the rule, and closes by the number of the row', async () => {
    await setPolicy();
    const row = model.node(MRI).events[0]?.id;
    await release();
    expect(puts()).toEqual([
      'apply_security_event {"security_event_id":"1100099"}',
      `close_security_event {"security_event_id":"${row}"}`,
    ]);
  });

  it('does not make known a MAC that PacketFence does not know', async () => {
    const isolation = { ...subject, mac: '02:00:00:00:00:01' };
    const error = await failure(driver.apply({ kind: 'set-policy', isolation }, fence));
    expect(error).toMatchObject({ code: 'refused' });
    expect(model.nodes.has(isolation.mac)).toBe(false);
  });

  it('closes its own event only, and takes an open one that only logs for no assignment', async () => {
    const logs = model.openEvent(MRI, '1100020');
    await setPolicy();
    await release();
    expect(model.node(MRI).events.map(({ id, status }) => [id === logs.id, status])).toEqual([
      [true, 'open'],
      [false, 'closed'],
    ]);
  });

  it('F3 a switch that does not answer PacketFence is told in words, and nobody is called isolated', async () => {
    model.switchAnswer = 'timeout';
    await setPolicy();
    const error = await failure(renew());
    expect(error).toMatchObject({ code: 'no-answer', message: expect.stringContaining('10.99.0.2 did not answer') });
    expect(isolated(await driver.read([MRI]))).toEqual([false]);
  });

  it('F4 a switch that refuses is told in words', async () => {
    model.switchAnswer = 'nak';
    await setPolicy();
    const error = await failure(renew());
    expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('Session-Context-Not-Found') });
  });

  it('F5 F31 an acknowledged change that the switch did not apply is not shown as isolated', async () => {
    model.switchAnswer = 'ack-and-nothing';
    await setPolicy();
    await renew();
    const reading = await driver.read([MRI]);
    expect(reading.policies).toEqual([expect.objectContaining({ ours: true })]);
    expect(isolated(reading)).toEqual([false]);
  });

  it('F6 without a live place the assignment stands, no session is read, and a renewal says no-session', async () => {
    model.endSession(MRI);
    await setPolicy();
    expect(await driver.read([MRI])).toMatchObject({ sessions: [], policies: [{ ours: true }] });
    expect(await failure(renew())).toMatchObject({ code: 'no-session', retry: 'permanent' });
  });

  it('F6 a place that is gone by the time of the forced call is no-session too', async () => {
    await setPolicy();
    const [session] = (await driver.read([MRI])).sessions;
    fixture.standIn.model.answer = ((plain) => (request) => {
      if (request.path.endsWith('reevaluate_access')) model.endSession(MRI);
      return plain(request);
    })(model.answer.bind(model));
    const sessionId = session?.sessionId ?? '';
    const step = { kind: 'renew-session', mac: MRI, switch: 'sw-1', port: '7', sessionId, isolation: null } as const;
    expect(await failure(driver.apply(step, fence))).toMatchObject({ code: 'no-session' });
  });

  it('F7 F11 a device that moves, or connects again, is read where it is and stays assigned', async () => {
    await setPolicy();
    const location = model.node(MRI).location!;
    model.node(MRI).location = { ...location, port: '12', session: location.session + 100 };
    const { policies, sessions } = await driver.read([MRI]);
    expect(policies).toEqual([expect.objectContaining({ ours: true })]);
    expect(sessions).toEqual([expect.objectContaining({ port: '12', switch: 'sw-1', isolated: true })]);
  });

  it('F8 F9 a port with another device on it is not restarted', async () => {
    await fixture.stop();
    await start({ renew: 'restart-switchport' });
    model.rules.get('1100099')!.actions = ['log', 'role'];
    await setPolicy();
    model.node(CT).location!.port = '7';
    expect(await failure(renew())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('has 2 devices'),
    });
    expect(puts().filter((put) => put.startsWith('restart'))).toEqual([]);
  });

  it('F2 a port with the device alone is restarted where the configuration says so, so that it asks for an address', async () => {
    await fixture.stop();
    await start({ renew: 'restart-switchport' });
    await setPolicy();
    await renew();
    expect(puts().at(-1)).toBe('restart_switchport {}');
  });

  it('F13 a security event of somebody else is a conflict, named', async () => {
    model.openEvent(MRI, '1100010');
    const error = await failure(setPolicy());
    expect(error).toMatchObject({
      code: 'changed-by-others',
      message: expect.stringContaining('security event 1100010'),
    });
    expect(fixture.standIn.writes).toBe(0);
  });

  it('F14 a switch without the VLAN of the role, or not in production, is found beforehand', async () => {
    const wrong = async (): Promise<string[]> =>
      (await driver.probe()).filter(({ ok }) => ok === false).map(({ detail }) => detail);
    expect(await wrong()).toEqual([]);
    model.lazaretVlan = '67';
    expect(await wrong()).toEqual([expect.stringContaining('VLAN 67 there, not 66')]);
    model.switchMode = 'testing';
    expect(await wrong()).toEqual([expect.stringContaining('does nothing')]);
    model.rules.delete('1100099');
    expect(await wrong()).toHaveLength(2);
  });

  it('F23 a release lets PacketFence say what the device has now, not what it had', async () => {
    await setPolicy();
    model.normalVlan = 11;
    await release();
    expect(model.node(MRI).real).toMatchObject({ vlan: 11 });
  });

  it('F24 what of ours is there is listed for people', async () => {
    model.openEvent(CT, '1100099');
    const held = (await driver.probe()).find(({ check }) => check === 'what of ours it holds');
    expect(held?.detail).toContain(CT);
  });

  it('F34 a renewal is forced, so that a VLAN which PacketFence only believes is sent again', async () => {
    await setPolicy();
    model.node(MRI).real = { vlan: 10, role: 'critical' };
    model.asked.length = 0;
    await renew();
    expect(model.asked).toEqual([`${MRI} forced`]);
    expect(model.isIsolated(MRI)).toBe(true);
  });

  it('tells that something has changed, and that PacketFence is away', async () => {
    const hints: string[] = [];
    await setPolicy();
    await driver.read([MRI]);
    const watch = await driver.watch(({ kind }) => hints.push(kind));
    model.changeByHand(MRI);
    const until = async (kind: string): Promise<void> => {
      for (let turn = 0; !hints.includes(kind) && turn < 60; turn++) await new Promise((done) => setTimeout(done, 50));
      expect(hints).toContain(kind);
    };
    await until('changed');
    await fixture.faults.cut();
    await until('unreachable');
    await fixture.faults.heal();
    await until('reachable');
    await watch.stop();
  });

  const file = contractFile('packetfence/pf-subset.openapi.json');
  (file ? it : it.skip)(
    'spells its requests as the published description does, but where that is known to be wrong',
    async () => {
      await setPolicy();
      await renew();
      await driver.probe();
      await release();
      const contract = new Contract(file!);
      const problems = fixture.standIn.requests
        // The description asks for other operators and types than the server takes.
        .filter(({ path }) => !path.endsWith('/search'))
        .flatMap((request) => contract.problems(request));
      // It leaves this path out.
      const unknown = problems.filter((problem) => !problem.includes(`/node/${MRI}/security_events is not described`));
      expect(unknown).toEqual([]);
      expect(problems.length).toBeGreaterThan(0);
    },
  );
});
