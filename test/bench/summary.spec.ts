import { summaryOf } from './summary.js';

it('sums up an odd and an even number of runs', () => {
  expect(summaryOf([30, 10, 20])).toEqual({ runs: 3, min: 10, median: 20, max: 30 });
  expect(summaryOf([40, 10, 30, 20])).toEqual({ runs: 4, min: 10, median: 25, max: 40 });
  expect(() => summaryOf([])).toThrow();
});
