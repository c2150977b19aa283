import { DriverError } from '../errors.js';
import { applyIsolation, eventually, readsIsolated, stays, type RuleBench, type Rule } from './acting.js';
import { failureOf } from './steps.js';

export const faultRules: readonly Rule[] = [
  {
    name: 'does not read as isolated what the point has acknowledged and not done',
    async check({ fixture, driver }) {
      const { subject, peer, faults } = fixture;
      await faults.ignore();
      await applyIsolation({ fixture, driver }, subject).catch(onlyDriverError);
      await stays(fixture, 'the point does nothing', async () => !(await peer.isIsolated(subject.mac)));
      if (peer.sessionsOf) return;
      const reading = await driver.read([subject.mac]);
      expect(readsIsolated(driver, subject, reading)).toBe(false);
    },
  },
  {
    name: 'says permanent of what the point refuses, in words, and leaves nothing of it',
    async check({ fixture, driver }) {
      const { subject, peer, faults } = fixture;
      const before = await peer.stateOf(subject.mac);
      await faults.refuse();
      const error = await failureOf(applyIsolation({ fixture, driver }, subject));
      expect(error.retry).toBe('permanent');
      expect(error.message.length).toBeGreaterThan(10);
      await stays(fixture, 'nothing is changed', async () => (await peer.stateOf(subject.mac)) === before);
    },
  },
  {
    name: 'says that a point can not be reached, and works when it is back',
    async check({ fixture, driver }) {
      const { subject, peer, faults } = fixture;
      await driver.read([subject.mac]);
      await faults.cut();
      const failed = await failureOf(applyIsolation({ fixture, driver }, subject));
      expectSilence(failed, driver.profile.state);
      if (!peer.sessionsOf)
        expectSilence(await failureOf(fixture.newDriver().read([subject.mac])), driver.profile.state);
      await faults.heal();
      await eventually(fixture, 'the point can be isolated again', async () => {
        await applyIsolation({ fixture, driver }, subject).catch(onlyDriverError);
        return peer.isIsolated(subject.mac);
      });
    },
  },
  {
    name: 'says ambiguous of an answer that was lost, sends nothing twice, and reads the truth',
    async check({ fixture, driver }) {
      const { subject, peer, faults } = fixture;
      const before = await peer.writes();
      await faults.loseAnswer();
      const error = await failureOf(applyIsolation({ fixture, driver }, subject));
      expect(error).toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
      expect(await peer.writes()).toBe(before + 1);
      await faults.heal();
      await applyIsolation({ fixture, driver }, subject);
      await eventually(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
      if (peer.sessionsOf) return;
      await eventually(fixture, 'the driver reads it so', async () =>
        readsIsolated(driver, subject, await driver.read([subject.mac])),
      );
    },
  },
  {
    name: 'tells no secret, whatever fails',
    async check(bench) {
      const { fixture, driver } = bench;
      const told = [...driver.undo(fixture.subject), JSON.stringify(await driver.probe())];
      for (const fault of ['refuse', 'loseAnswer', 'cut'] as const) {
        await fixture.faults[fault]();
        told.push(
          ...(await everyError(bench)).map((error) => `${error.message} ${error.stack} ${JSON.stringify(error)}`),
        );
        told.push(JSON.stringify(await driver.probe()));
        await fixture.faults.heal();
      }
      for (const secret of fixture.secrets) expect(told.filter((text) => text.includes(secret))).toEqual([]);
    },
  },
];

/** What a driver says of its point is part of the case; any other error is a fault of the driver. */
function onlyDriverError(error: unknown): void {
  if (!(error instanceof DriverError)) throw error;
}

async function everyError(bench: RuleBench): Promise<DriverError[]> {
  const { fixture, driver } = bench;
  const calls = [applyIsolation(bench, fixture.subject), driver.read([fixture.subject.mac])];
  const ended = await Promise.allSettled(calls);
  return ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as DriverError] : []));
}

/** Of UDP nobody can tell whether it has arrived. */
function expectSilence(error: DriverError, state: 'port' | 'session' | 'policy'): void {
  if (state === 'session' && error.code === 'no-answer') return;
  expect(error).toMatchObject({ code: 'unreachable', retry: 'transient' });
}
