import { DriverError, type Step } from '#driver';
import { RadiusDriver } from './radius.driver.js';
import type { SessionSource } from './session-source.js';
import { aPoint, carryingPoint, mri } from './testing/points.js';
import { TestFolder } from './testing/secret.client.js';
import { StandInNas } from './testing/stand-in-nas.client.js';
import type { ModelName } from './models/models.js';
import { ERROR_CAUSES, errorCause } from './wire/error-cause.js';
import { decodePacket } from './wire/packet.js';

const SECRET = 'coasecret';

describe('the driver radius, with our stand-in for a switch', () => {
  let nas: StandInNas;
  let folder: TestFolder;
  const drivers: RadiusDriver[] = [];

  beforeEach(async () => {
    nas = await StandInNas.open(SECRET);
    folder = await TestFolder.make(SECRET);
    nas.connect(mri.mac, mri.port);
  });

  afterEach(async () => {
    await Promise.all(drivers.splice(0).map((driver) => driver.close()));
    await nas.close();
    await folder.remove();
  });

  const tableOf = (): SessionSource => ({
    read: (macs) => Promise.resolve(macs.flatMap((mac) => nas.reading(mac, [66]))),
    idOf: ({ sessionId }) => ({ kind: 'Acct-Session-Id', value: sessionId }),
    close: () => undefined,
  });

  function newDriver(
    changes: object = {},
    model: ModelName = 'ieee8021x',
    source: SessionSource | null = null,
  ): RadiusDriver {
    const quick = { host: '127.0.0.1', port: nas.port, secretFile: folder.secretFile, firstMs: 50, sendings: 3 };
    const point =
      'policies' in changes ? carryingPoint(model, { ...quick, ...changes }) : aPoint(model, { ...quick, ...changes });
    const driver = new RadiusDriver(point, undefined, source);
    drivers.push(driver);
    return driver;
  }

  const sessionId = (): string => nas.sessions.get(mri.mac)?.id ?? 'none';
  const renewal = (changes: Partial<Extract<Step, { kind: 'renew-session' }>> = {}) => ({
    kind: 'renew-session' as const,
    mac: mri.mac,
    switch: 'sw-1',
    port: mri.port,
    sessionId: sessionId(),
    isolation: mri,
    ...changes,
  });
  const failure = async (call: Promise<unknown>): Promise<DriverError> => {
    const error: unknown = await call.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof DriverError)) throw new Error('it did not fail as a driver does', { cause: error });
    return error;
  };

  it('ends the session by MAC and session id, and the device is back with what its server says', async () => {
    nas.assigned.set(mri.mac, { vlan: 66, role: null });
    await newDriver().apply(renewal());
    expect(nas.sessions.get(mri.mac)).toMatchObject({ vlan: 66, id: 'S2' });
    const types = decodePacket(nas.heard[0]!.datagram)!.attributes.map(({ type }) => type);
    expect(types).toEqual([4, 31, 44, 55, 80]);
  });

  it('F3 sends an unanswered request again as it was: identifier, authenticator, Event-Timestamp and source port', async () => {
    nas.habit = { kind: 'is-silent' };
    const error = await failure(newDriver().apply(renewal()));
    expect(error).toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
    expect(error.message).toContain('3 times');
    expect(nas.heard).toHaveLength(3);
    expect(new Set(nas.heard.map(({ datagram, from }) => `${datagram.toString('hex')} ${from}`)).size).toBe(1);
  });

  it('gives each request an identifier of its own, and one port to all of a conversation', async () => {
    const driver = newDriver();
    for (let i = 0; i < 5; i++) await driver.apply(renewal());
    expect(nas.heard.map(({ datagram }) => datagram[1])).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(nas.heard.map(({ from }) => from)).size).toBe(1);
  });

  it('takes another port when the identifiers of the first are used up, and answers reach both', async () => {
    const driver = newDriver({ firstMs: 2000 });
    const ask = () => failure(driver.apply(renewal({ sessionId: 'gone' })));
    const errors: DriverError[] = [];
    for (let wave = 0; wave < 10; wave++) errors.push(...(await Promise.all(Array.from({ length: 60 }, ask))));
    expect(errors.filter(({ code }) => code !== 'no-session')).toEqual([]);
    const used = new Set(nas.heard.map(({ datagram, from }) => `${from} ${datagram[1]}`));
    expect(used.size).toBe(600);
    expect(new Set(nas.heard.map(({ from }) => from)).size).toBe(3);
  });

  it('R3 stops sending when another session is there: a device that has just come back is not cut off again', async () => {
    nas.habit = { kind: 'does-silently' };
    await newDriver({ firstMs: 100 }, 'extreme-exos', tableOf()).apply(renewal());
    expect(nas.heard).toHaveLength(1);
    expect(sessionId()).toBe('S2');
  });

  it('R3 sends a request that names no session once, where nobody could tell the next one', async () => {
    nas.habit = { kind: 'does-silently' };
    const error = await failure(newDriver({}, 'extreme-exos').apply(renewal()));
    expect(error.code).toBe('no-answer');
    expect(nas.heard).toHaveLength(1);
  });

  it('R3 takes "no such session" for done when its first sending may have done it', async () => {
    nas.habit = { kind: 'does-silently' };
    const driver = newDriver({ firstMs: 100 });
    const call = driver.apply(renewal());
    await new Promise((resolve) => setTimeout(resolve, 50));
    nas.habit = { kind: 'does' };
    await call;
    expect(nas.heard).toHaveLength(2);
    expect(sessionId()).toBe('S2');
  });

  it('R5 does not hear an answer of another request, nor one that another secret has signed', async () => {
    nas.habit = { kind: 'answers-unsigned' };
    const error = await failure(newDriver().apply(renewal()));
    expect(error.code).toBe('no-answer');
    expect(error.message).toContain('did not verify');
    const driver = newDriver();
    nas.habit = { kind: 'does' };
    await driver.apply(renewal());
    nas.habit = { kind: 'answers-stale' };
    expect((await failure(driver.apply(renewal()))).code).toBe('no-answer');
  });

  it('hears an answer that comes twice once, and R1 one that is signed over zeros', async () => {
    nas.habit = { kind: 'answers-twice' };
    const driver = newDriver();
    await driver.apply(renewal());
    nas.habit = { kind: 'signs-over-zeros' };
    await driver.apply(renewal());
    expect(sessionId()).toBe('S3');
  });

  it.each(ERROR_CAUSES)('says in words what Error-Cause %i means, and what to do', async (cause) => {
    nas.habit = { kind: 'refuses', cause };
    const error = await failure(newDriver().apply(renewal()));
    const { name, advice, code } = errorCause(cause);
    expect(error.code).toBe(code);
    for (const part of [name, advice, `${cause}`, 'sw-1']) expect(error.message).toContain(part);
    expect(error.message).not.toContain(SECRET);
  });

  it('F4 tries the next set of attributes when the first is refused for one of them', async () => {
    nas.demands.add('NAS-Port');
    await newDriver({ nasPorts: { '1/1/7': 7 } }, 'aruba-aos-cx', tableOf()).apply(renewal());
    expect(nas.heard).toHaveLength(2);
    expect(sessionId()).toBe('S2');
  });

  it('F4 never looks by its MAC for a session that is gone by its id', async () => {
    const error = await failure(newDriver().apply(renewal({ sessionId: 'an older one' })));
    expect(error).toMatchObject({ code: 'no-session', retry: 'permanent' });
    expect(nas.heard).toHaveLength(1);
    expect(sessionId()).toBe('S1');
  });

  it.each(['Event-Timestamp', 'Message-Authenticator'] as const)(
    'F3 sends what a strict switch demands: %s',
    async (name) => {
      nas.demands.add(name);
      await newDriver().apply(renewal());
      expect(sessionId()).toBe('S2');
    },
  );

  it('F5 an acknowledged change that the switch did not apply, or applies late, is not read as isolated before it is', async () => {
    nas.assigned.set(mri.mac, { vlan: 66, role: null });
    const driver = newDriver({}, 'ieee8021x', tableOf());
    const isolated = async () => (await driver.read([mri.mac])).sessions.map((session) => session.isolated);
    nas.habit = { kind: 'acknowledges-only' };
    await driver.apply(renewal());
    expect(await isolated()).toEqual([false]);
    nas.habit = { kind: 'does-late', ms: 100 };
    await driver.apply(renewal());
    expect(await isolated()).toEqual([false]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await isolated()).toEqual([true]);
  });

  it('F6 says that nobody is connected, and asks nothing of the switch', async () => {
    nas.sessions.delete(mri.mac);
    const error = await failure(newDriver({}, 'ieee8021x', tableOf()).apply(renewal()));
    expect(error.code).toBe('no-session');
    expect(nas.heard).toEqual([]);
  });

  it('F8 F9 does not bounce a port that the device is not known to be alone on: its session is ended instead', async () => {
    const driver = newDriver({ renew: 'bounce' }, 'cisco-ios-xe');
    await driver.apply(renewal({ isolation: { ...mri, alone: false } }));
    await driver.apply(renewal({ isolation: null }));
    expect(nas.heard.map(({ datagram }) => datagram[0])).toEqual([40, 40]);
    await driver.apply(renewal());
    expect(nas.heard.at(-1)!.datagram.includes('bounce-host-port')).toBe(true);
  });

  it('F7 leaves a session of another switch alone', async () => {
    const error = await failure(newDriver().apply(renewal({ switch: 'sw-2' })));
    expect(error).toMatchObject({ code: 'refused' });
    expect(nas.heard).toEqual([]);
  });

  it('F11 what a raw CoA has changed is gone after a restart of the switch, and read so', async () => {
    const driver = newDriver(
      { policies: [{ name: 'lazaret', mode: 'vlan-bridged', quarantineVlan: 66, permits: [] }] },
      'aruba-aos-cx',
      tableOf(),
    );
    await driver.apply(renewal());
    expect((await driver.read([mri.mac])).sessions).toMatchObject([{ isolated: true, policy: 'lazaret' }]);
    expect(sessionId()).toBe('S1');
    nas.reboot();
    expect((await driver.read([mri.mac])).sessions).toMatchObject([{ isolated: false, policy: null }]);
  });

  it('F14 a role that the switch does not know is said to be that', async () => {
    nas.habit = { kind: 'refuses', cause: 407 };
    const driver = newDriver(
      { policies: [{ name: 'nowhere', mode: 'vlan-bridged', quarantineVlan: 66, permits: [] }] },
      'aruba-aos-cx',
      tableOf(),
    );
    const error = await failure(driver.apply(renewal()));
    expect(error.message).toMatch(/Aruba-User-Role = nowhere.*may not exist on this switch/);
  });

  it('F32 tells a right secret from a wrong one, and from a port where nobody listens', async () => {
    expect(await newDriver().probe()).toMatchObject([{ ok: true }]);
    await folder.write('secret', 'wrong');
    expect(await newDriver().probe()).toMatchObject([{ ok: false, detail: expect.stringContaining('(1) the secret') }]);
    const deaf = newDriver({ port: await unusedPort() });
    expect(await deaf.probe()).toMatchObject([{ ok: false, detail: expect.stringContaining('nobody listens') }]);
    expect(sessionId()).toBe('S1');
  });

  it('reads a rotated secret from the next request on', async () => {
    const driver = newDriver();
    await folder.write('secret', 'older');
    expect((await failure(driver.apply(renewal()))).code).toBe('no-answer');
    await folder.write('secret', SECRET);
    await driver.apply(renewal());
    expect(sessionId()).toBe('S2');
  });

  it('refuses what a switch that keeps sessions has not', async () => {
    expect((await failure(newDriver().apply({ kind: 'move-port', isolation: mri }))).code).toBe('refused');
  });
});

async function unusedPort(): Promise<number> {
  const other = await StandInNas.open('x');
  const { port } = other;
  await other.close();
  return port;
}
