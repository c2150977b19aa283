import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError, type PointHint } from '#driver';
import { snmpPointSchema, type SnmpPoint } from './config.js';
import { SnmpDriver } from './snmp.driver.js';
import { SnmpClient } from './snmp.client.js';
import { cafSession, ciscoSeed, ifIndexOf, portName, qbridgeSeed, type SeedPort } from './testing/seed.js';
import {
  HOME,
  isolationOf,
  OTHER,
  pointOf,
  QUARANTINE,
  SIBLING,
  stateOf,
  SUBJECT,
  type FixtureKind,
} from './testing/snmp-fixture.client.js';
import { COMMUNITY, Snmpd, USERS, AUTH_KEY, PRIV_KEY } from './testing/snmpd.client.js';
import { freeUdpPort } from '../testing/free-port.client.js';
import * as oids from './wire/oids.js';
import { writeFile } from 'node:fs/promises';

const SESSION = '0A630001000000AB12345678';
const ports: SeedPort[] = [
  ...[1, 2, 5, 6, 7, 8].map((number) => ({ number, vlan: number < 6 ? HOME : OTHER, macs: [] })),
  { ...SUBJECT, vlan: HOME, macs: [SUBJECT.mac] },
  { ...SIBLING, vlan: HOME, macs: [SIBLING.mac] },
].sort((one, other) => one.number - other.number);
const vlans = [1, HOME, OTHER, QUARANTINE];
const kind: FixtureKind = {
  model: 'qbridge',
  order: 'mirrored',
  seed: [
    ...qbridgeSeed({ ports, vlans, order: 'mirrored' }),
    ...ciscoSeed(ports, vlans).filter((line) => line.startsWith('1.3.6.1.4.1.')),
    ...cafSession(SUBJECT.number, SESSION, SUBJECT.mac, HOME),
  ],
  connection: (snmpd, port) => snmpd.v2c(port),
};
const fence = { pointId: 'sw-1', number: 1 };
const step = { kind: 'move-port', isolation: isolationOf(SUBJECT) } as const;

describe('a switch by SNMP, against snmpd', () => {
  let snmpd: Snmpd;
  const open: SnmpDriver[] = [];
  const driverOf = (more: Partial<SnmpPoint> = {}): SnmpDriver => {
    const driver = new SnmpDriver(snmpPointSchema.parse({ ...pointOf(kind, snmpd), ...more }));
    open.push(driver);
    return driver;
  };
  const codeOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'done',
      (error: unknown) => (error instanceof DriverError ? `${error.code}: ${error.message}` : String(error)),
    );

  beforeAll(async () => {
    snmpd = await Snmpd.start(kind.seed);
  });
  afterAll(() => snmpd?.stop());
  beforeEach(async () => {
    await snmpd.mode('ok');
    await snmpd.hands('bridge', kind.seed);
    await snmpd.hands('vendor', kind.seed);
    await snmpd.walk('1.3.6.1.2.1.17.1.4');
    await snmpd.walk('1.3.6.1.4.1.9.9.68');
    await snmpd.forgetWrites();
  });
  afterEach(() => Promise.all(open.splice(0).map((driver) => driver.close())));

  describe('SNMPv3', () => {
    it.each(Object.keys(USERS))('is understood: %s', async (user) => {
      const client = new SnmpClient(snmpd.v3(user));
      expect((await client.get([oids.SYS_UP_TIME])).number(oids.SYS_UP_TIME)).toBeGreaterThan(0);
      client.close();
    });

    it('a wrong key is named as such, and a rotated one holds from the next request on', async () => {
      const connection = snmpd.v3('sha512aes256');
      const client = new SnmpClient(connection);
      try {
        await writeFile(snmpd.path('auth'), 'wrong-password');
        expect(await codeOf(client.get([oids.SYS_UP_TIME]))).toMatch(/^misconfigured: .*authentication password/);
        await writeFile(snmpd.path('auth'), AUTH_KEY);
        await writeFile(snmpd.path('priv'), 'wrong-password');
        expect(await codeOf(client.get([oids.SYS_UP_TIME]))).toMatch(/^misconfigured: .*privacy password|^unreachable/);
        await writeFile(snmpd.path('priv'), PRIV_KEY);
        expect(await codeOf(client.get([oids.SYS_UP_TIME]))).toBe('done');
      } finally {
        client.close();
      }
    });

    it('an unknown user is named, and a wrong community is silence', async () => {
      const stranger = { ...snmpd.v3('sha256aes'), user: 'nobody' } as SnmpPoint['connection'];
      expect(await codeOf(driverOf({ connection: stranger }).read([]))).toMatch(/^misconfigured: .*user name/);
      await writeFile(snmpd.path('other'), 'other-community');
      const other = { ...snmpd.v2c(), communityFile: snmpd.path('other') } as SnmpPoint['connection'];
      expect(await codeOf(driverOf({ connection: other }).read([]))).toMatch(/^unreachable/);
    });
  });

  it('mirrored port lists: only the device’s bit moves, one object a SET, and back', async () => {
    const driver = driverOf();
    const before = await snmpd.walk('1.3.6.1.2.1.17.7.1.4.3');
    await driver.apply(step, fence);
    expect(await stateOf(snmpd, kind, SUBJECT.number)).toEqual({
      vlan: QUARANTINE,
      egress: [QUARANTINE],
      untagged: [QUARANTINE],
    });
    expect(await stateOf(snmpd, kind, SIBLING.number)).toEqual({ vlan: HOME, egress: [HOME], untagged: [HOME] });
    expect((await snmpd.writes()).map((line) => line.split(' ')[0])).toEqual([
      `${oids.STATIC_EGRESS}.${QUARANTINE}`,
      `${oids.STATIC_UNTAGGED}.${QUARANTINE}`,
      `${oids.PVID}.${SUBJECT.number}`,
      `${oids.STATIC_UNTAGGED}.${HOME}`,
      `${oids.STATIC_EGRESS}.${HOME}`,
    ]);
    const { mac, port, quarantineId } = step.isolation;
    await driver.apply(
      { kind: 'restore-port', port, quarantineId, quarantineVlan: QUARANTINE, mac, homeVlan: HOME },
      fence,
    );
    expect(await snmpd.walk('1.3.6.1.2.1.17.7.1.4.3')).toEqual(before);
  });

  it('a configuration that says standard writes nothing there', async () => {
    expect(await codeOf(driverOf({ bitOrder: 'standard' }).apply(step, fence))).toMatch(/^refused: .*mirrored/);
    expect(await snmpd.writes()).toEqual([]);
  });

  it('F5 an acknowledged change that the switch did not carry out is found out at once', async () => {
    await snmpd.mode('ignore');
    expect(await codeOf(driverOf().apply(step, fence))).toMatch(/^bad-answer: .*did not do it/);
    expect(await snmpd.writes()).toHaveLength(1);
  });

  it('F22 what the switch refuses half-way is taken back: the port is as it was', async () => {
    const before = await snmpd.walk('1.3.6.1.2.1.17.7.1.4');
    await snmpd.mode('refuse-pvid');
    const driver = driverOf();
    expect(await codeOf(driver.apply(step, fence))).toMatch(/^refused: .*may not write|^refused: .*does not let/);
    expect(await snmpd.walk('1.3.6.1.2.1.17.7.1.4')).toEqual(before);
    await snmpd.mode('ok');
    expect(await codeOf(driver.apply(step, fence))).toBe('done');
  });

  it('a port that a process of ours left half-way, and is gone, is for a person', async () => {
    await snmpd.mode('lose');
    expect(await codeOf(driverOf().apply(step, fence))).toMatch(/^no-answer/);
    const another = driverOf();
    expect(await codeOf(another.apply(step, fence))).toMatch(/^refused: .*tagged VLANs/);
    expect((await another.read([])).ports.find(({ port }) => port === portName(3))).toMatchObject({
      vlan: HOME,
      trunk: true,
    });
    await snmpd.shell(another.undo(step.isolation));
    expect(await stateOf(snmpd, kind, SUBJECT.number)).toEqual({ vlan: HOME, egress: [HOME], untagged: [HOME] });
  });

  it('F8 the port is read again right before it is moved: a device that came meanwhile is not touched', async () => {
    const driver = driverOf();
    expect((await driver.read([])).ports.find(({ port }) => port === portName(3))?.macs).toEqual([SUBJECT.mac]);
    const stranger = [
      `${oids.Q_FDB_PORT}.${HOME}.2.0.0.0.0.9|2|${SUBJECT.number}`,
      `${oids.Q_FDB_STATUS}.${HOME}.2.0.0.0.0.9|2|3`,
      `${oids.Q_FDB_PORT}.${HOME}.8.0.6.16.0.17|2|${SIBLING.number}`,
    ];
    await snmpd.hands('bridge', stranger);
    expect(await codeOf(driver.apply(step, fence))).toMatch(/^refused: another device/);
    expect(await snmpd.writes()).toEqual([]);
    await snmpd.hands('bridge', [`${oids.Q_FDB_STATUS}.${HOME}.2.0.0.0.0.9|2|2`]);
  });

  it('F14 a quarantine VLAN that the switch has not is found before the first change', async () => {
    const isolation = { ...step.isolation, quarantineVlan: 77 };
    const driver = driverOf({ quarantineVlan: 77 });
    expect(await codeOf(driver.apply({ kind: 'move-port', isolation }, fence))).toMatch(
      /^refused: VLAN 77 does not exist/,
    );
    expect((await driver.probe()).find(({ check }) => check === 'quarantine VLAN 77')).toMatchObject({ ok: false });
    expect(await snmpd.writes()).toEqual([]);
  });

  it('one restart is one new run, and neither time nor another process of ours is', async () => {
    const driver = driverOf();
    const { bootId } = await driver.read([]);
    expect((await driver.read([])).bootId).toBe(bootId);
    expect((await driverOf().read([])).bootId).toBe(bootId);
    await snmpd.restart();
    const after = (await driver.read([])).bootId;
    expect(after).not.toBe(bootId);
    expect((await driverOf().read([])).bootId).toBe(after);
  });

  describe('renews', () => {
    const renewal = {
      kind: 'renew-session',
      mac: SUBJECT.mac,
      switch: 'sw-1',
      port: portName(3),
      isolation: null,
    } as const;
    const policyPoint = 'radius-policy-1';

    it('F2 by the link of the port, down and up, where the device is alone', async () => {
      await driverOf({ policyPoint }).apply({ ...renewal, sessionId: SESSION }, fence);
      const oid = `${oids.IF_ADMIN_STATUS}.${ifIndexOf(3)}`;
      expect(await snmpd.writes()).toEqual([`${oid} 2`, `${oid} 1`]);
      expect((await snmpd.walk(oids.IF_ADMIN_STATUS)).get(oid)).toBe('1');
    });

    it('F9 not where another device is on the port', async () => {
      const driver = driverOf({ policyPoint });
      const stranger = { ...renewal, mac: '02:00:00:00:00:77', sessionId: 'x' };
      expect(await codeOf(driver.apply(stranger, fence))).toMatch(/^refused: .*not seen on port/);
      expect(await snmpd.writes()).toEqual([]);
    });

    it('a port that comes back although its answer was lost', async () => {
      await snmpd.mode('lose');
      expect(
        await codeOf(driverOf({ policyPoint, bounceMs: 900 }).apply({ ...renewal, sessionId: SESSION }, fence)),
      ).toMatch(/^no-answer/);
      const oid = `${oids.IF_ADMIN_STATUS}.${ifIndexOf(3)}`;
      expect((await snmpd.walk(oids.IF_ADMIN_STATUS)).get(oid)).toBe('1');
    });

    it.each([
      ['reauthenticate', 20],
      ['terminate', 21],
    ] as const)('by Cisco’s session table: %s', async (renew, column) => {
      const driver = driverOf({ policyPoint, sessions: 'cisco', renew });
      const [session] = (await driver.read([SUBJECT.mac])).sessions;
      expect(session).toMatchObject({
        sessionId: SESSION,
        port: portName(3),
        vlan: HOME,
        isolated: false,
        state: 'authorized',
      });
      await driver.apply({ ...renewal, sessionId: SESSION }, fence);
      expect(await snmpd.writes()).toEqual([
        expect.stringMatching(
          new RegExp(`^1\\.3\\.6\\.1\\.4\\.1\\.9\\.9\\.656\\.1\\.4\\.1\\.1\\.${column}\\.103\\..* 1$`),
        ),
      ]);
    });

    it('F6 says that there is no session, and leaves a newer one alone', async () => {
      const driver = driverOf({ policyPoint, sessions: 'cisco', renew: 'terminate' });
      expect(await codeOf(driver.apply({ ...renewal, sessionId: 'an older one' }, fence))).toBe('done');
      expect(await codeOf(driver.apply({ ...renewal, mac: SIBLING.mac, sessionId: 'x' }, fence))).toMatch(
        /^no-session/,
      );
      expect(await snmpd.writes()).toEqual([]);
    });

    it('and moves no port where a RADIUS server gives the VLAN', async () => {
      expect(await codeOf(driverOf({ policyPoint }).apply(step, fence))).toMatch(/^refused/);
    });
  });

  describe('is followed', () => {
    const hints: PointHint['kind'][] = [];
    let stop: (() => Promise<void>) | null = null;
    const follow = async (more: Partial<SnmpPoint>): Promise<void> => {
      const watching = await driverOf(more).watch(({ kind: what }) => hints.push(what));
      stop = () => watching.stop();
      await until(() => hints.includes('changed'));
      await sleep(300);
      hints.length = 0;
    };
    const until = async (isSo: () => boolean): Promise<void> => {
      const deadline = performance.now() + 4000;
      while (!isSo()) {
        if (performance.now() > deadline) throw new Error(`no hint came in time: ${hints.join(', ')}`);
        await sleep(10);
      }
    };
    afterEach(async () => {
      await stop?.();
      stop = null;
      hints.length = 0;
    });

    it('by polling: a VLAN changed by hand, and nothing while nothing happens', async () => {
      await follow({ pollSeconds: 0.1 });
      await sleep(500);
      expect(hints).toEqual([]);
      await snmpd.hands('bridge', [`${oids.PVID}.5|66|${OTHER}`]);
      await until(() => hints.includes('changed'));
    });

    it('by polling: a restart', async () => {
      await follow({ pollSeconds: 0.1 });
      await snmpd.restart();
      await until(() => hints.includes('restarted'));
    });

    const LINK_DOWN = '1.3.6.1.6.3.1.1.5.3';
    const MAC_CHANGED = '1.3.6.1.4.1.9.9.215.2.0.1';
    it.each([
      ['snmptrap', 'v2c', LINK_DOWN],
      ['snmpinform', 'v2c', MAC_CHANGED],
      ['snmptrap', 'v3', MAC_CHANGED],
      ['snmpinform', 'v3', LINK_DOWN],
    ] as const)('by %s %s, at once', async (program, version, name) => {
      const port = await freeUdpPort();
      const { authentication, privacy } = USERS['sha256aes']!;
      const files = { authenticationFile: snmpd.path('auth'), privacyFile: snmpd.path('priv') };
      const listen = { host: '127.0.0.1', port };
      const notifications =
        version === 'v2c'
          ? { version, ...listen, communityFile: snmpd.path('community') }
          : { version, ...listen, user: 'traps', authentication, privacy, ...files };
      await follow({ pollSeconds: 600, notifications });
      const engine = program === 'snmptrap' ? '-e 0x8000000001020304' : '';
      const who = (key: string): string =>
        version === 'v2c'
          ? `-v2c -c ${key}`
          : `-v3 ${engine} -l authPriv -u traps -a SHA-256 -A ${key === COMMUNITY ? AUTH_KEY : key} -x AES -X ${PRIV_KEY}`;
      const send = (key: string): Promise<string> =>
        snmpd.shell([`${program} -m '' -t 0.4 -r 0 ${who(key)} 127.0.0.1:${port} '' ${name} || true`]);
      await send('wrong-secret');
      await sleep(200);
      expect(hints).toEqual([]);
      await send(COMMUNITY);
      await until(() => hints.includes('changed'));
    });
  });
});
