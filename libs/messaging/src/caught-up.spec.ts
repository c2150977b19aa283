import { isCaughtUp } from './caught-up.js';

const at = (partition: number, next: bigint): { topic: string; partition: number; next: bigint } => ({
  topic: 't',
  partition,
  next,
});

describe('isCaughtUp', () => {
  const targets = new Map([
    ['t/0', { low: 0n, high: 10n }],
    ['t/1', { low: 4n, high: 4n }],
  ]);

  it('waits for the end that was seen, and not for a partition that holds nothing', () => {
    expect(isCaughtUp(targets, [])).toBe(false);
    expect(isCaughtUp(targets, [at(0, 9n)])).toBe(false);
    expect(isCaughtUp(targets, [at(0, 10n)])).toBe(true);
  });

  it('takes the further of two positions', () => {
    expect(isCaughtUp(targets, [at(0, 12n), at(0, 3n)])).toBe(true);
    expect(isCaughtUp(targets, [at(0, 3n), at(0, 10n)])).toBe(true);
  });
});
