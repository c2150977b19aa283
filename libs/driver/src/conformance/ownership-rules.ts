import { applyIsolation, eventually, readsIsolated, takeAway, type Rule } from './acting.js';
import { failureOf } from './steps.js';

export const ownershipRules: readonly Rule[] = [
  {
    name: 'touches only the device that it is told: a sibling is isolated, and released, by itself',
    async check({ fixture, driver }) {
      const { subject, sibling, peer } = fixture;
      const plain = await peer.stateOf(sibling.mac);
      await applyIsolation({ fixture, driver }, subject);
      await eventually(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
      expect(await peer.stateOf(sibling.mac)).toBe(plain);
      await applyIsolation({ fixture, driver }, sibling);
      await eventually(fixture, 'the point isolates the sibling', () => peer.isIsolated(sibling.mac));
      const isolated = await peer.stateOf(sibling.mac);
      await takeAway({ fixture, driver }, subject);
      await eventually(fixture, 'the device is released', async () => !(await peer.isIsolated(subject.mac)));
      expect(await peer.stateOf(sibling.mac)).toBe(isolated);
    },
  },
  {
    name: 'changes nothing that somebody else has assigned',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      if (driver.profile.state === 'session') return;
      if (!peer.changeByHand) throw new Error('a point that holds state can be changed by hand');
      await peer.changeByHand(subject.mac);
      const theirs = await peer.stateOf(subject.mac);
      const error = await failureOf(applyIsolation({ fixture, driver }, subject));
      expect(error).toMatchObject({ code: 'changed-by-others', retry: 'permanent' });
      expect(await peer.stateOf(subject.mac)).toBe(theirs);
      await takeAway({ fixture, driver }, subject);
      expect(await peer.stateOf(subject.mac)).toBe(theirs);
    },
  },
  {
    name: 'reads what hands have done, and does not take it for its own',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      if (driver.profile.state === 'session') return;
      await applyIsolation({ fixture, driver }, subject);
      await eventually(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
      await peer.changeByHand?.(subject.mac);
      await eventually(fixture, 'the driver reads what hands have done', async () => {
        const reading = await driver.read([subject.mac]);
        return !readsIsolated(driver, subject, reading);
      });
    },
  },
  {
    name: 'is undone by hand with the commands that it has written down',
    async check({ fixture, driver }) {
      const { subject, peer } = fixture;
      const before = await peer.stateOf(subject.mac);
      const commands = driver.undo(subject);
      await applyIsolation({ fixture, driver }, subject);
      await eventually(fixture, 'the point isolates the device', () => peer.isIsolated(subject.mac));
      await peer.assign?.(null, subject.mac);
      await peer.run(commands);
      await eventually(fixture, 'nothing of ours stays', async () => (await peer.stateOf(subject.mac)) === before);
    },
  },
];
