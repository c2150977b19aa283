import { compileCases } from './compile-cases.js';
import { faultCases } from './fault-cases.js';
import type { EntryFixture } from './fixture.js';
import { orderCases } from './order-cases.js';
import { packetCases } from './packet-cases.js';
import { restoreCases } from './restore-cases.js';
import type { Bench } from './steps.js';
import { watchCases } from './watch-cases.js';

/**
 * The suite for points that hold our entries and marks themselves, beside `describeDriver`: order, packets, fences, and
 * what hands have done. It looks at the point through an independent observer, never through the driver's own answer.
 * To be called in a spec.
 */
export function describeEntries(name: string, newFixture: () => Promise<EntryFixture>): void {
  describe(`the entries of the driver ${name}`, () => {
    let bench: Bench | null = null;

    beforeEach(async () => {
      const fixture = await newFixture();
      bench = { fixture, driver: fixture.newDriver() };
    });

    afterEach(async () => {
      await bench?.fixture.stop();
      bench = null;
    });

    const current = (): Bench => {
      if (!bench) throw new Error('the fixture did not start');
      return bench;
    };
    compileCases(current);
    orderCases(current);
    restoreCases(current);
    packetCases(current);
    faultCases(current);
    watchCases(current);
  });
}
