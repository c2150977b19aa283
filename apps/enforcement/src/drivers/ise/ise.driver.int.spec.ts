import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PointIsolation, SessionReading } from '#driver';
import { newTlsIdentity } from '../http/testing/tls-identity.client.js';
import { until } from '../testing/until.js';
import { IseDriver } from './ise.driver.js';
import { accounts, pointOf, runByHand, startStandIn } from './testing/ise-fixture.client.js';
import type { IseStandIn } from './testing/ise-stand-in.client.js';
import { ct, mri } from './testing/points.js';

const identity = newTlsIdentity();
afterAll(() => identity.remove());

describe('ISE', () => {
  let standIn: IseStandIn;
  let made: IseDriver[];
  beforeEach(async () => {
    standIn = await startStandIn(identity);
    made = [];
  });
  afterEach(async () => {
    await Promise.all(made.map((one) => one.close()));
    await standIn.close();
  });

  function newDriver(changes: Record<string, unknown> = {}): IseDriver {
    const driver = new IseDriver(pointOf(standIn, identity, changes));
    made.push(driver);
    return driver;
  }
  const set = (driver: IseDriver, isolation: PointIsolation): Promise<void> =>
    driver.apply({ kind: 'set-policy', isolation });
  const clear = (driver: IseDriver, { mac, quarantineId }: PointIsolation): Promise<void> =>
    driver.apply({ kind: 'clear-policy', mac, quarantineId });
  const sessionOf = async (driver: IseDriver, mac: string): Promise<SessionReading | undefined> =>
    (await driver.read([mac])).sessions[0];
  const renew = async (driver: IseDriver, isolation: PointIsolation): Promise<void> => {
    const { mac } = isolation;
    const { sessionId } = (await sessionOf(driver, mac))!;
    await driver.apply({ kind: 'renew-session', mac, switch: null, port: null, sessionId, isolation });
  };
  const held = (mac: string): string | undefined => standIn.state.assignments.get(mac)?.policyName;
  const puts = (): string[] =>
    standIn.journal
      .filter(({ asked }) => asked.method === 'PUT')
      .map(({ asked }) => Object.keys(JSON.parse(asked.text))[0]!);

  describe('of different releases', () => {
    it('takes either body: the older one is tried first, and what a node has taken is remembered', async () => {
      standIn.ers = { ...standIn.ers, body: 'anc-endpoint' };
      const driver = newDriver();
      await set(driver, mri);
      await clear(driver, mri);
      expect(puts()).toEqual(['OperationAdditionalData', 'ErsAncEndpoint', 'ErsAncEndpoint']);
      expect(held(mri.mac)).toBeUndefined();
    });

    it('is sent only the body that is pinned', async () => {
      const nodes = [{ url: `https://${standIn.origin}`, body: 'anc-endpoint' }];
      const driver = newDriver({ ers: { ...newErs(), nodes } });
      await expect(set(driver, mri)).rejects.toMatchObject({ code: 'refused' });
      expect(puts()).toEqual(['ErsAncEndpoint']);
    });

    it.each([200, 204] as const)('may answer %s to both', async (status) => {
      standIn.ers = { ...standIn.ers, success: { apply: status, clear: status } };
      const driver = newDriver();
      await set(driver, mri);
      expect(held(mri.mac)).toBe('Lazaret-Imaging');
      await clear(driver, mri);
      expect(held(mri.mac)).toBeUndefined();
    });

    it.each(['with slash', 'without slash'] as const)('may know its lists only %s', async (lists) => {
      standIn.ers = { ...standIn.ers, lists };
      standIn.state.apply(mri.mac, 'Blocked');
      const { policies } = await newDriver().read([mri.mac]);
      expect(policies).toEqual([{ mac: mri.mac, ours: false, mark: null, entries: ['policy Blocked'] }]);
    });

    it('may want a token against cross-site requests, which is fetched with its cookies when it says so', async () => {
      standIn.ers = { ...standIn.ers, csrf: true };
      const driver = newDriver();
      await set(driver, mri);
      await clear(driver, mri);
      expect(held(mri.mac)).toBeUndefined();
      const fetched = standIn.journal.filter(({ asked }) => asked.headers['x-csrf-token'] === 'fetch');
      expect(fetched).toHaveLength(1);
      expect(standIn.writes).toBe(3);
    });
  });

  describe('with several nodes', () => {
    it('is asked at the next one where the first can not be reached, or may only read', async () => {
      const gone = await startStandIn(identity);
      const readOnly = await startStandIn(identity);
      readOnly.ers = { ...readOnly.ers, readOnly: true };
      const nodes = [gone, readOnly, standIn].map(({ origin }) => ({ url: `https://${origin}` }));
      await gone.close();
      const driver = newDriver({ ers: { ...newErs(), nodes } });
      await set(driver, mri);
      expect(held(mri.mac)).toBe('Lazaret-Imaging');
      await driver.read([mri.mac]);
      expect(await findingOf(driver, `ERS account accepted by https://${gone.origin}`)).toMatchObject({ ok: false });
      await readOnly.close();
    });

    it('is never sent to a second node what the first may have carried out', async () => {
      const second = await startStandIn(identity);
      const nodes = [standIn, second].map(({ origin }) => ({ url: `https://${origin}` }));
      const driver = newDriver({ ers: { ...newErs(), nodes } });
      standIn.loseNextAnswer = true;
      await expect(set(driver, mri)).rejects.toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
      expect(second.writes).toBe(0);
      await second.close();
    });
  });

  it('F1 a device that keeps its address stays in its VLAN: only a policy of the wanted mode is chosen', async () => {
    const driver = newDriver();
    expect(driver.profile.modes).toEqual(['filter', 'vlan-bridged']);
    expect(driver.compile(mri)).toEqual({
      entries: ['policy Lazaret-Imaging', 'permit tcp to 10.20.0.10 port 104', 'permit tcp to 10.20.0.11 port 105'],
      cut: ['commit'],
      policy: 'Lazaret-Imaging',
    });
    await set(driver, mri);
    expect(await sessionOf(driver, mri.mac)).toMatchObject({ isolated: true, vlan: null });
    const routed = { ...mri, mode: 'vlan-routed' as const, quarantineVlan: 66 };
    expect(() => driver.compile(routed)).toThrow(/no policy of this point fits/);
  });

  it('F2 F9 a link is bounced only where the configuration says so, and the device is alone on its port', async () => {
    await renew(newDriver(), mri);
    await renew(newDriver({ renew: 'port-bounce' }), mri);
    await renew(newDriver({ renew: 'port-bounce' }), { ...mri, alone: true });
    const coa = standIn.journal.map(({ asked }) => asked.path).filter((path) => path.includes('/CoA/'));
    expect(coa).toEqual([
      '/admin/API/mnt/CoA/Reauth/ise-psn-1/08:00:06:10:00:11/1',
      '/admin/API/mnt/CoA/Disconnect/ise-psn-1/08:00:06:10:00:11/0',
      '/admin/API/mnt/CoA/Disconnect/ise-psn-1/08:00:06:10:00:11/1',
    ]);
  });

  it('F5 an acknowledged change that the switch did not apply is not shown as isolated', async () => {
    standIn.state.coa = 'acknowledges';
    const driver = newDriver();
    await set(driver, mri);
    await renew(driver, mri);
    const reading = await driver.read([mri.mac]);
    expect(reading.policies).toEqual([expect.objectContaining({ ours: true })]);
    expect(reading.sessions).toEqual([expect.objectContaining({ isolated: false, policy: 'PermitAccess' })]);
  });

  it('F5 a switch that is silent: what ISE refuses as "Radius Failure" is set, and the session is as it was', async () => {
    standIn.state.coa = 'is silent';
    const driver = newDriver();
    await set(driver, mri);
    expect(held(mri.mac)).toBe('Lazaret-Imaging');
    expect(await sessionOf(driver, mri.mac)).toMatchObject({ isolated: false });
    await expect(renew(driver, mri)).rejects.toMatchObject({ code: 'refused', message: /reachable for a change/ });
  });

  it('F6 nobody is connected: the policy is set, no session is told, and there is nothing to renew', async () => {
    standIn.state.disconnect(mri.mac);
    const driver = newDriver();
    await set(driver, mri);
    const reading = await driver.read([mri.mac]);
    expect(reading.policies).toEqual([expect.objectContaining({ ours: true })]);
    expect(reading.sessions).toEqual([]);
    const step = {
      kind: 'renew-session',
      mac: mri.mac,
      switch: null,
      port: null,
      sessionId: '1',
      isolation: mri,
    } as const;
    await expect(driver.apply(step)).rejects.toMatchObject({ code: 'no-session', retry: 'permanent' });
    await clear(driver, mri);
    expect(held(mri.mac)).toBeUndefined();
  });

  it('F11 what is assigned holds when the device connects again, at whichever switch', async () => {
    const driver = newDriver();
    await set(driver, ct);
    standIn.state.disconnect(ct.mac);
    standIn.state.connect(ct.mac, '10.99.0.77', 'GigabitEthernet2/0/1');
    expect(await sessionOf(driver, ct.mac)).toMatchObject({
      isolated: true,
      vlan: 66,
      switch: null,
      port: 'GigabitEthernet2/0/1',
    });
  });

  it('F13 what somebody else has put in the place of ours is named, and stays', async () => {
    const driver = newDriver();
    await set(driver, mri);
    standIn.state.apply(mri.mac, 'Blocked');
    await expect(set(driver, mri)).rejects.toMatchObject({ code: 'changed-by-others', message: /Blocked/ });
    await clear(driver, mri);
    expect(held(mri.mac)).toBe('Blocked');
    expect(standIn.writes).toBe(1);
  });

  it('F14 a policy that ISE has not got is found before, and refused in words', async () => {
    standIn.state.policies.delete('Lazaret-Imaging');
    const driver = newDriver();
    const finding = await findingOf(driver, 'ANC policy Lazaret-Imaging is there');
    expect(finding).toMatchObject({ ok: false, detail: expect.stringContaining('make it with the action QUARANTINE') });
    await expect(set(driver, mri)).rejects.toMatchObject({ code: 'refused', message: /is not found/ });
    expect(held(mri.mac)).toBeUndefined();
  });

  it('F14 whether a switch has the VLAN, ISE does not know, and the finding says so', async () => {
    expect(await findingOf(newDriver(), 'VLAN 66 exists on each switch')).toMatchObject({ ok: null });
  });

  it('F14 a policy that bounces or shuts the port is no isolation', async () => {
    standIn.state.policies.set('Lazaret-Imaging', ['SHUT_DOWN']);
    expect(await findingOf(newDriver(), 'ANC policy Lazaret-Imaging is there')).toMatchObject({ ok: false });
  });

  it('F18 F33 ISE has no limit and no exemption of its own: one request names one device, and none is a bulk one', async () => {
    await set(newDriver(), mri);
    const bodies = standIn.journal.filter(({ asked }) => asked.method === 'PUT').map(({ asked }) => asked.text);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]!.match(/[0-9A-F]{2}(:[0-9A-F]{2}){5}/g)).toEqual(['08:00:06:10:00:11']);
    expect(standIn.journal.filter(({ asked }) => asked.path.includes('bulk'))).toEqual([]);
  });

  it("F23 release takes our assignment and nothing else: the device gets the VLAN that ISE's rules give now", async () => {
    const driver = newDriver();
    await set(driver, ct);
    standIn.state.profiles['PermitAccess'] = { vlan: 20 };
    await clear(driver, ct);
    expect(await sessionOf(driver, ct.mac)).toMatchObject({ isolated: false, vlan: 20 });
  });

  it('F24 an assignment that nobody remembers is listed by name', async () => {
    for (let i = 10; i < 60; i++) standIn.state.apply(`08:00:06:10:02:${i}`, 'Blocked');
    standIn.state.apply('08:00:06:10:01:77', 'Lazaret-VLAN-66');
    const finding = await findingOf(newDriver(), 'assignments of our policies');
    expect(finding?.detail).toContain('08:00:06:10:01:77 Lazaret-VLAN-66');
    expect(finding?.detail).toContain('left behind');
    expect(finding?.detail).not.toContain('Blocked');
  });

  it('F24 tells by polling alone that an assignment has come', async () => {
    const hints: string[] = [];
    const driver = newDriver({ pollSeconds: 0.1 });
    await driver.watch(({ kind }) => hints.push(kind));
    await until(() => standIn.journal.length > 0);
    standIn.state.apply(mri.mac, 'Blocked');
    await until(() => hints.includes('changed'));
    await standIn.close();
    await until(() => hints.includes('unreachable'));
    await standIn.listen();
    await until(() => hints.includes('reachable'));
  });

  it('tells no session of a device that ISE has never seen, and asks for the list of all but once', async () => {
    const macs = Array.from({ length: 8 }, (_, i) => `02:00:00:00:00:0${i}`);
    expect(await newDriver().read(macs)).toMatchObject({ policies: [], sessions: [] });
    expect(standIn.journal.filter(({ asked }) => asked.path.endsWith('/ActiveList'))).toHaveLength(1);
  });

  it('reads its password at each use: a rotated one holds at once, a wrong one is for a person to mend', async () => {
    const driver = newDriver();
    const file = join(identity.folder, 'ers.password');
    writeFileSync(file, 'wrong\n');
    await expect(driver.read([mri.mac])).rejects.toMatchObject({ code: 'misconfigured', retry: 'transient' });
    writeFileSync(file, `${accounts.ers.password}\n`);
    await driver.read([mri.mac]);
  });

  it('is undone by hand in either body', async () => {
    standIn.ers = { ...standIn.ers, body: 'anc-endpoint' };
    const driver = newDriver();
    await set(driver, mri);
    await runByHand(driver.undo(mri));
    expect(held(mri.mac)).toBeUndefined();
  });

  it('is undone by hand at the second node where the first is gone, and shows what is left', async () => {
    const gone = await startStandIn(identity);
    const nodes = [gone, standIn].map(({ origin }) => ({ url: `https://${origin}` }));
    await gone.close();
    const driver = newDriver({ ers: { ...newErs(), nodes } });
    await set(driver, mri);
    const commands = driver.undo(mri);
    expect(commands.join(' ')).not.toContain(accounts.ers.password);
    const shown = await runByHand(commands);
    expect(held(mri.mac)).toBeUndefined();
    expect(shown.at(-1)).toContain('"total":0');
  });

  function newErs(): Record<string, unknown> {
    return { user: 'lazaret', passwordFile: join(identity.folder, 'ers.password') };
  }
});

async function findingOf(driver: IseDriver, check: string) {
  return (await driver.probe()).find((one) => one.check === check);
}
