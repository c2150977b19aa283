import { Interest } from './interest.js';
import { Pace } from './pace.client.js';

describe('the pace of requests', () => {
  it('lets no more begin in a second than are allowed, but for a short burst', async () => {
    const pace = new Pace(100);
    const begun = performance.now();
    await Promise.all(Array.from({ length: 50 }, () => pace.turn()));
    expect(performance.now() - begun).toBeGreaterThan(50 * 10 - 200 - 30);
  });
});

describe('the devices that a hint is worth for', () => {
  it('are those that were read last', () => {
    const interest = new Interest();
    interest.add(Array.from({ length: 10_000 }, (_, i) => `m${i}`));
    interest.add(['m0', 'new']);
    expect([interest.has('m0'), interest.has('m1'), interest.has('new')]).toEqual([true, false, true]);
  });
});
