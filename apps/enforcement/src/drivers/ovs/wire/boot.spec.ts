import { bootId, startWindow } from './boot.js';

const at = (ms: number): string => new Date(ms).toISOString();

describe('bootId', () => {
  it('goes on with a kept name as long as the age agrees with it', () => {
    const first = bootId([null], startWindow(5_000, 100_000, 100_020));
    expect(first).toBe(at(95_020));
    expect(bootId([first], startWindow(65_400, 160_000, 160_050))).toBe(first);
  });

  it('finds the name that an earlier process has left at the point', () => {
    expect(bootId([null, null, at(95_020)], startWindow(65_400, 160_000, 160_050))).toBe(at(95_020));
  });

  it('gives a new name when the switch is younger than every kept one', () => {
    expect(bootId([at(95_020), at(95_020)], startWindow(300, 160_000, 160_050))).toBe(at(159_750));
  });

  it('takes what is no time for no name', () => {
    expect(bootId(['yesterday'], startWindow(0, 1_000, 1_000))).toBe(at(1_000));
  });
});
