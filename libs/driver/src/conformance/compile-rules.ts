import { DriverError } from '../errors.js';
import type { CompiledEntries, Driver, PointIsolation } from '../port.js';
import type { Rule } from './acting.js';

export const compileRules: readonly Rule[] = [
  {
    name: 'says the same isolation in the same words, whatever the order of its permits and its generation',
    async check({ fixture, driver }) {
      const words = driver.compile(fixture.subject);
      const turned = { ...fixture.subject, generation: 2, permits: [...fixture.subject.permits].reverse() };
      expect(driver.compile(turned)).toEqual(words);
      expect(fixture.newDriver().compile(fixture.subject)).toEqual(words);
      expect(new Set(words.entries).size).toBe(words.entries.length);
    },
  },
  {
    name: 'compiles, and says how to undo, without asking the point',
    async check({ fixture, driver }) {
      await fixture.faults.cut();
      const before = await fixture.peer.writes();
      driver.compile(fixture.subject);
      expect(driver.undo(fixture.subject).length).toBeGreaterThan(0);
      expect(await fixture.peer.writes()).toBe(before);
    },
  },
  {
    name: 'says no more than the point takes: it refuses with the count, or names the flows that it cuts',
    async check({ fixture, driver }) {
      const isolation = oversized(fixture.subject, driver.profile.entries);
      const outcome = compiled(driver, isolation);
      if (outcome instanceof DriverError) {
        expect(['too-many-entries', 'refused']).toContain(outcome.code);
        if (outcome.code === 'too-many-entries') expect(outcome.message).toContain(String(driver.profile.entries));
        return;
      }
      expect(outcome.entries.length).toBeLessThanOrEqual(driver.profile.entries);
      expect(outcome.cut.length).toBeGreaterThan(0);
      for (const flow of outcome.cut) expect(isolation.permits.map(({ flowId }) => flowId)).toContain(flow);
    },
  },
];

function compiled(driver: Driver, isolation: PointIsolation): CompiledEntries | DriverError {
  try {
    return driver.compile(isolation);
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
}

/** More different permits than the point has entries. */
function oversized(isolation: PointIsolation, entries: number): PointIsolation {
  const [first] = isolation.permits;
  if (!first) throw new Error('the subject of a fixture has a permit');
  const permits = Array.from({ length: entries + 1 }, (_, i) => ({ ...first, flowId: `${i}`, port: i + 1 }));
  return { ...isolation, permits };
}
