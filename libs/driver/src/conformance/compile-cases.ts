import type { PointIsolation } from '../port.js';
import { failureOf, type Bench } from './steps.js';

export function compileCases(bench: () => Bench): void {
  describe('compiles', () => {
    it('the same isolation to the same entries, whatever the order of its permits and its generation', () => {
      const { driver, fixture } = bench();
      const entries = driver.compile(fixture.subject).entries;
      const turned = { ...fixture.subject, generation: 2, permits: [...fixture.subject.permits].reverse() };
      expect(driver.compile(turned).entries).toEqual(entries);
      expect(fixture.newDriver().compile(fixture.subject).entries).toEqual(entries);
      expect(new Set(entries).size).toBe(entries.length);
    });

    it('without asking the point', async () => {
      const { driver, fixture } = bench();
      await fixture.faults.cut();
      expect(driver.compile(fixture.subject).entries.length).toBeGreaterThan(0);
      expect(driver.undo(fixture.subject).length).toBeGreaterThan(0);
      expect(await fixture.observer.journal()).toEqual([]);
    });

    it('no more entries than the point takes, and says how many there would be', async () => {
      const { driver, fixture } = bench();
      const error = await failureOf(
        Promise.resolve().then(() => driver.compile(oversized(fixture.subject, driver.profile.entries))),
      );
      expect(error).toMatchObject({ code: 'too-many-entries', retry: 'permanent' });
      expect(error.message).toContain(String(driver.profile.entries));
    });
  });
}

/** More different permits than the point has entries. */
function oversized(isolation: PointIsolation, entries: number): PointIsolation {
  const first = isolation.permits[0]!;
  const permits = Array.from({ length: entries + 1 }, (_, i) => ({ ...first, flowId: `${i}`, port: i + 1 }));
  return { ...isolation, permits };
}
