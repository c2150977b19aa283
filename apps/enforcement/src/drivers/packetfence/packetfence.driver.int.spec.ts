import { Contract, contractFile } from '../http/testing/contract.client.js';
import { CT, MRI } from '../http/testing/nac-fixture.client.js';
import { NacBench, failure } from '../http/testing/nac-bench.client.js';
import { packetfenceFixture } from './testing/packetfence-fixture.client.js';

describe('the driver packetfence', () => {
  const bench = new NacBench(packetfenceFixture);
  const puts = (): string[] =>
    bench.fixture.standIn.requests
      .filter(({ method }) => method === 'PUT')
      .map(({ path, text }) => `${path.split('/').at(-1)} ${text}`);

  it('logs in once, sends the token as it is, and once more when it is refused early', async () => {
    await bench.driver.read([MRI, CT]);
    const logins = (): number => bench.fixture.standIn.requests.filter(({ path }) => path === '/api/v1/login').length;
    expect(logins()).toBe(1);
    expect(bench.fixture.standIn.requests[1]?.headers.authorization).toBe([...bench.model.tokens][0]);
    bench.model.tokens.clear();
    await bench.driver.read([MRI]);
    expect(logins()).toBe(2);
  });

  it('names the account and the file, not what is in it, when the password is refused', async () => {
    bench.model.password = 'another';
    const error = await failure(bench.driver.read([MRI]));
    expect(error).toMatchObject({ code: 'misconfigured', message: expect.stringMatching(/user lazaret.*secret$/) });
  });

  it('opens by the number of the rule, and closes by the number of the row', async () => {
    await bench.setPolicy();
    const row = bench.model.node(MRI).events[0]?.id;
    await bench.clearPolicy();
    expect(puts()).toEqual([
      'apply_security_event {"security_event_id":"1100099"}',
      `close_security_event {"security_event_id":"${row}"}`,
    ]);
  });

  it('does not make known a MAC that PacketFence does not know', async () => {
    const mac = '02:00:00:00:00:01';
    const error = await failure(bench.setPolicy({ mac }));
    expect(error).toMatchObject({ code: 'refused' });
    expect(bench.model.nodes.has(mac)).toBe(false);
  });

  it('closes its own event only, and takes an open one that only logs for no assignment', async () => {
    const logs = bench.model.openEvent(MRI, '1100020');
    await bench.setPolicy();
    await bench.clearPolicy();
    expect(bench.model.node(MRI).events.map(({ id, status }) => [id === logs.id, status])).toEqual([
      [true, 'open'],
      [false, 'closed'],
    ]);
  });

  it('F3 a switch that does not answer PacketFence is told in words, and nobody is called isolated', async () => {
    bench.model.switchAnswer = 'timeout';
    await bench.setPolicy();
    const error = await failure(bench.renew());
    // Not `no-answer`: that would be PacketFence's own silence, and give all its devices a rest.
    expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('10.99.0.2 did not answer') });
    expect(await bench.isolated()).toEqual([false]);
  });

  it('F4 a switch that refuses is told in words', async () => {
    bench.model.switchAnswer = 'nak';
    await bench.setPolicy();
    const error = await failure(bench.renew());
    expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('Session-Context-Not-Found') });
  });

  it('F5 F31 an acknowledged change that the switch did not apply is not shown as isolated', async () => {
    bench.model.switchAnswer = 'ack-and-nothing';
    await bench.setPolicy();
    await bench.renew();
    const reading = await bench.driver.read([MRI]);
    expect(reading.policies).toEqual([expect.objectContaining({ ours: true })]);
    expect(await bench.isolated()).toEqual([false]);
  });

  it('F6 without a live place the assignment stands, no session is read, and a renewal says no-session', async () => {
    bench.model.endSession(MRI);
    await bench.setPolicy();
    expect(await bench.driver.read([MRI])).toMatchObject({ sessions: [], policies: [{ ours: true }] });
    expect(await failure(bench.renew())).toMatchObject({ code: 'no-session', retry: 'permanent' });
  });

  it('F6 a place that is gone by the time of the forced call is no-session too', async () => {
    await bench.setPolicy();
    const [session] = (await bench.driver.read([MRI])).sessions;
    bench.fixture.standIn.model.answer = ((plain) => (request) => {
      if (request.path.endsWith('reevaluate_access')) bench.model.endSession(MRI);
      return plain(request);
    })(bench.model.answer.bind(bench.model));
    expect(await failure(bench.renew(session?.sessionId))).toMatchObject({ code: 'no-session' });
  });

  it('F7 F11 a device that moves, or connects again, is read where it is and stays assigned', async () => {
    await bench.setPolicy();
    const location = bench.model.node(MRI).location!;
    bench.model.node(MRI).location = { ...location, port: '12', session: location.session + 100 };
    const { policies, sessions } = await bench.driver.read([MRI]);
    expect(policies).toEqual([expect.objectContaining({ ours: true })]);
    expect(sessions).toEqual([expect.objectContaining({ port: '12', switch: 'sw-1', isolated: true })]);
  });

  it('F8 F9 a port with another device on it is not restarted', async () => {
    await bench.restart({ renew: 'restart-switchport' });
    bench.model.rules.get('1100099')!.actions = ['log', 'role'];
    await bench.setPolicy();
    bench.model.node(CT).location!.port = '7';
    expect(await failure(bench.renew())).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('has 2 devices'),
    });
    expect(puts().filter((put) => put.startsWith('restart'))).toEqual([]);
  });

  it('F2 a port with the device alone is restarted where the configuration says so, so that it asks for an address', async () => {
    await bench.restart({ renew: 'restart-switchport' });
    await bench.setPolicy();
    await bench.renew();
    expect(puts().at(-1)).toBe('restart_switchport {}');
  });

  it('F13 a security event of somebody else is a conflict, named', async () => {
    bench.model.openEvent(MRI, '1100010');
    const error = await failure(bench.setPolicy());
    expect(error).toMatchObject({
      code: 'changed-by-others',
      message: expect.stringContaining('security event 1100010'),
    });
    expect(bench.fixture.standIn.writes).toBe(0);
  });

  it('F14 a switch without the VLAN of the role, or not in production, is found beforehand', async () => {
    expect(await bench.wrong()).toEqual([]);
    bench.model.lazaretVlan = '67';
    expect(await bench.wrong()).toEqual([expect.stringContaining('VLAN 67 there, not 66')]);
    bench.model.switchMode = 'testing';
    expect(await bench.wrong()).toEqual([expect.stringContaining('does nothing')]);
    bench.model.rules.delete('1100099');
    expect(await bench.wrong()).toHaveLength(2);
  });

  it('F23 a release lets PacketFence say what the device has now, not what it had', async () => {
    await bench.setPolicy();
    bench.model.normalVlan = 11;
    await bench.clearPolicy();
    expect(bench.model.node(MRI).real).toMatchObject({ vlan: 11 });
  });

  it('F24 what of ours is there is listed for people', async () => {
    bench.model.openEvent(CT, '1100099');
    expect(await bench.held()).toContain(CT);
  });

  it('F34 a renewal is forced, so that a VLAN which PacketFence only believes is sent again', async () => {
    await bench.setPolicy();
    bench.model.node(MRI).real = { vlan: 10, role: 'critical' };
    bench.model.asked.length = 0;
    await bench.renew();
    expect(bench.model.asked).toEqual([`${MRI} forced`]);
    expect(bench.model.isIsolated(MRI)).toBe(true);
  });

  it('tells that something has changed, and that PacketFence is away', async () => {
    const hints: string[] = [];
    await bench.setPolicy();
    await bench.driver.read([MRI]);
    const watch = await bench.driver.watch(({ kind }) => hints.push(kind));
    bench.model.changeByHand(MRI);
    const until = async (kind: string): Promise<void> => {
      for (let turn = 0; !hints.includes(kind) && turn < 60; turn++) await new Promise((done) => setTimeout(done, 50));
      expect(hints).toContain(kind);
    };
    await until('changed');
    await bench.fixture.faults.cut();
    await until('unreachable');
    await bench.fixture.faults.heal();
    await until('reachable');
    await watch.stop();
  });

  const file = contractFile('packetfence/pf-subset.openapi.json');
  (file ? it : it.skip)(
    'spells its requests as the published description does, but where that is known to be wrong',
    async () => {
      await bench.setPolicy();
      await bench.renew();
      await bench.driver.probe();
      await bench.clearPolicy();
      const contract = new Contract(file!);
      const problems = bench.fixture.standIn.requests
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
