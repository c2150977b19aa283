import { applyIsolation, eventually, readsIsolated, sessionsOf, stays, takeAway, type Rule } from './acting.js';
import { fence } from './steps.js';

export const effectRules: readonly Rule[] = [
  {
    name: 'reads a device that nobody has isolated as not isolated',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      const reading = await driver.read([subject.mac]);
      expect(reading.pointId).toBe(driver.pointId);
      expect(readsIsolated(driver, subject, reading)).toBe(false);
      expect(await peer.isIsolated(subject.mac)).toBe(false);
    },
  },
  {
    name: 'isolates: the point itself sees it, and the next reading says it',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      await applyIsolation({ fixture, driver }, subject);
      await eventually(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
      if (peer.sessionsOf) return;
      await eventually(fixture, 'the driver reads it so', async () =>
        readsIsolated(driver, subject, await driver.read([subject.mac])),
      );
      const again = await fixture.newDriver().read([subject.mac]);
      expect(readsIsolated(driver, subject, again)).toBe(true);
    },
  },
  {
    name: 'isolates twice as once: what is so already is not written again',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      await applyIsolation({ fixture, driver }, subject);
      await eventually(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
      const once = await peer.writes();
      await applyIsolation({ fixture, driver: fixture.newDriver() }, subject);
      expect(await peer.writes()).toBe(once);
    },
  },
  {
    name: 'releases to exactly what was there, and twice as once',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      const before = await peer.stateOf(subject.mac);
      await takeAway({ fixture, driver }, subject);
      expect(await peer.stateOf(subject.mac)).toBe(before);
      await applyIsolation({ fixture, driver }, subject);
      await eventually(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
      expect(await peer.stateOf(subject.mac)).not.toBe(before);
      await takeAway({ fixture, driver }, subject);
      await eventually(fixture, 'nothing of ours stays', async () => (await peer.stateOf(subject.mac)) === before);
      const once = await peer.writes();
      await takeAway({ fixture, driver: fixture.newDriver() }, subject);
      expect(await peer.writes()).toBe(once);
    },
  },
  {
    name: 'leaves a newer session alone when it is told to renew an older one',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      if (driver.profile.state === 'port' || !driver.profile.renews) return;
      const [old] = await sessionsOf({ fixture, driver }, subject.mac);
      if (!old) throw new Error('the subject of a fixture has a live session');
      await applyIsolation({ fixture, driver }, subject);
      await eventually(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
      const [now] = await sessionsOf({ fixture, driver }, subject.mac);
      if (now?.sessionId === old.sessionId) return;
      const { mac, port, switch: at } = subject;
      const step = { kind: 'renew-session', mac, switch: at, port, sessionId: old.sessionId, isolation: null } as const;
      await driver.apply(step, fence(driver)).catch(onlyNoSession);
      await stays(fixture, 'the newer session goes on', async () => {
        const [still] = await sessionsOf({ fixture, driver }, mac);
        return still?.sessionId === now?.sessionId;
      });
    },
  },
  {
    name: 'assigns without a session, and cuts nobody off',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      if (driver.profile.state !== 'policy') return;
      if (!peer.endSession) throw new Error('a policy source tells what it does for a device that is off');
      await peer.endSession(subject.mac);
      await driver.apply({ kind: 'set-policy', isolation: subject }, fence(driver));
      const reading = await driver.read([subject.mac]);
      expect(reading.sessions.filter(({ mac }) => mac === subject.mac)).toEqual([]);
      expect(reading.policies).toContainEqual(expect.objectContaining({ mac: subject.mac, ours: true }));
    },
  },
  {
    name: 'gives its connections back, and what is applied stays',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      await applyIsolation({ fixture, driver }, subject);
      await eventually(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
      await driver.close();
      await stays(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
    },
  },
  {
    name: 'asks the point what it needs, and changes nothing by it',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      const before = await peer.stateOf(subject.mac);
      const findings = await driver.probe();
      expect(findings.length).toBeGreaterThan(0);
      for (const { check, detail } of findings) expect(Math.min(check.length, detail.length)).toBeGreaterThan(3);
      expect(findings.filter(({ ok }) => ok === false)).toEqual([]);
      expect(await peer.stateOf(subject.mac)).toBe(before);
      await fixture.faults.cut();
      const without = await driver.probe();
      expect(without.filter(({ ok }) => ok === false).length).toBeGreaterThan(0);
    },
  },
];

function onlyNoSession(error: unknown): void {
  if ((error as { code?: string }).code !== 'no-session') throw error;
}
