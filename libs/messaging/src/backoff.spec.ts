import fc from 'fast-check';
import { fullJitter } from './backoff.js';

it('stays between the floor and the cap, however often it failed', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 0.999999, noNaN: true }), (failures, random) => {
      const wait = fullJitter(failures, () => random);
      expect(wait).toBeGreaterThanOrEqual(20);
      expect(wait).toBeLessThanOrEqual(5_000);
    }),
  );
});

it('doubles the range with each failure', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7].map((failures) => fullJitter(failures, () => 1));
  expect(longest).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});
