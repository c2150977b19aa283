import { stallOf } from './watchdog.js';

const patience = { signMs: 1_000, stepMs: 2_000 };

it('leaves alone who shows life', () => {
  expect(stallOf({ lastSign: 500, stepsSince: [0] }, 1_500, patience)).toBeNull();
});
it('finds a consumer without sign of life', () => {
  expect(stallOf({ lastSign: 0, stepsSince: [] }, 1_001, patience)).toMatchObject({ code: 'consumer-stalled' });
});
it('finds a handler that does not come back while heartbeats go on', () => {
  expect(stallOf({ lastSign: 2_100, stepsSince: [2_000, 50] }, 2_100, patience)).toMatchObject({
    code: 'handler-stalled',
  });
});
