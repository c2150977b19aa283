import { setTimeout as sleep } from 'node:timers/promises';
import type { PointHint } from '../port.js';
import { isolate, type Bench } from './steps.js';

/** How soon a hint must come. Machines that run tests are busy: it is milliseconds where nothing else runs. */
const SOON_MS = 2000;

export function watchCases(bench: () => Bench): void {
  describe('sees', () => {
    let stop: (() => Promise<void>) | null = null;
    let hints: PointHint['kind'][] = [];

    afterEach(async () => {
      await stop?.();
      stop = null;
    });

    const follow = async (): Promise<void> => {
      hints = [];
      const watching = await bench().driver.watch(({ kind }) => hints.push(kind));
      stop = () => watching.stop();
      await until(() => hints.includes('changed'));
      await sleep(100);
      hints = [];
    };

    it('a fresh point: its ports with VLAN and link, nothing of ours', async () => {
      const { driver, fixture } = bench();
      const reading = await driver.read([]);
      const { port, homeVlan: vlan } = fixture.subject;
      expect(reading.ports.find((candidate) => candidate.port === port)).toMatchObject({
        port,
        vlan,
        trunk: false,
        linkUp: true,
        mark: null,
      });
      expect(reading.entries).toEqual([]);
      expect(reading.pointId).toBe(driver.pointId);
    });

    it('what hands have done, in the next read', async () => {
      const { driver, fixture } = bench();
      const { subject, hands } = fixture;
      await isolate(driver, subject);
      await hands.setVlan(subject.port, 20);
      await hands.removeEntries(subject.deviceNumber);
      const reading = await driver.read([]);
      expect(reading.ports.find(({ port }) => port === subject.port)?.vlan).toBe(20);
      expect(reading.entries).toEqual([]);
    });

    it('the same run of the point in every read, by a new process too, and another one after a restart', async () => {
      const { driver, fixture } = bench();
      await isolate(driver, fixture.subject);
      const { bootId } = await driver.read([]);
      await sleep(1200);
      expect((await driver.read([])).bootId).toBe(bootId);
      expect((await fixture.newDriver().read([])).bootId).toBe(bootId);
      await fixture.hands.restartPoint();
      const after = await driver.read([]);
      expect(after.bootId).not.toBe(bootId);
      expect((await driver.read([])).bootId).toBe(after.bootId);
    });

    it('nothing while nothing happens', async () => {
      await isolate(bench().driver, bench().fixture.subject);
      await follow();
      await sleep(1000);
      expect(hints).toEqual([]);
    });

    it('a VLAN changed by hand, at once', async () => {
      await follow();
      await bench().fixture.hands.setVlan(bench().fixture.subject.port, 20);
      await until(() => hints.includes('changed'));
    });

    it('entries removed by hand, at once', async () => {
      const { driver, fixture } = bench();
      await isolate(driver, fixture.subject);
      await follow();
      await fixture.hands.removeEntries(fixture.subject.deviceNumber);
      await until(() => hints.includes('changed'));
    });

    it('a restart, and tells it from a lost connection', async () => {
      const { driver, fixture } = bench();
      await isolate(driver, fixture.subject);
      await follow();
      await sleep(1200);
      await fixture.faults.cut();
      await until(() => hints.includes('unreachable'));
      await fixture.faults.heal();
      await until(() => hints.includes('reachable'));
      expect(hints).not.toContain('restarted');
      await fixture.hands.restartPoint();
      await until(() => hints.includes('restarted'));
    });
  });
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + SOON_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('no hint came in time');
    await sleep(5);
  }
}
