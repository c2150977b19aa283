import { atOnce } from '../http/at-once.js';
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

describe('what is asked at once', () => {
  it('is never more than allowed, and is answered in order', async () => {
    let [open, most] = [0, 0];
    const answers = await atOnce(3, [5, 1, 4, 2, 3], async (ms) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, ms));
      open--;
      return ms * 10;
    });
    expect([answers, most]).toEqual([[50, 10, 40, 20, 30], 3]);
  });

  it('fails with the first that fails', async () => {
    await expect(
      atOnce(2, [1, 2, 3], (one) => (one === 2 ? Promise.reject(new Error('two')) : Promise.resolve(one))),
    ).rejects.toThrow('two');
    expect(await atOnce(2, [], () => Promise.resolve(1))).toEqual([]);
  });
});
