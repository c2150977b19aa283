import { inWords } from './words.js';

describe('log-odds in words', () => {
  it.each([
    [-40, 'about 1 in 10,000'],
    [-34, 'about 1 in 2,500'],
    [-18, 'about 1 in 64'],
    [-16, 'about 1 in 41'],
    [-2, 'about 4 in 10'],
    [0, 'about 5 in 10'],
    [13.1, 'about 20 to 1'],
    [30, 'about 1,000 to 1'],
  ])('tells %d dB as "%s"', (logOdds, words) => {
    expect(inWords(logOdds)).toBe(`${words} that it is infected`);
  });

  it('never tells a likelier thing as a less likely one', () => {
    const share = (text: string) => {
      const [, a = '', word, b = ''] = /about ([\d,]+) (in|to) ([\d,]+)/.exec(text) ?? [];
      const [x, y] = [a, b].map((n) => Number(n.replaceAll(',', ''))) as [number, number];
      return word === 'in' ? x / y : x / (x + y);
    };
    let last = 0;
    for (let tenth = -400; tenth <= 300; tenth++) {
      const next = share(inWords(tenth / 10));
      expect(next).toBeGreaterThanOrEqual(last);
      last = next;
    }
  });
});
