import { atOnce } from './at-once.js';

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
