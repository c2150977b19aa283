import type { DriverFixture } from './fixture.js';
import { RULES } from './rules.js';

/**
 * The rules that every driver keeps, against a point that somebody else wrote, or a stand-in that does what the real one
 * was seen to do. To be called in a spec. The fixture is made anew for each rule.
 */
export function describeDriver(name: string, newFixture: () => Promise<DriverFixture>): void {
  describe(`the driver ${name}`, () => {
    let fixture: DriverFixture | null = null;

    afterEach(async () => {
      await fixture?.stop();
      fixture = null;
    });

    it.each(RULES.map((rule) => [rule.name, rule] as const))('%s', async (_, rule) => {
      fixture = await newFixture();
      await rule.check({ fixture, driver: fixture.newDriver() });
    });
  });
}
