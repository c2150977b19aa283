import fc from 'fast-check';
import { LineSplitter, MAX_LINE } from './line-splitter.js';

const textOf = (lines: { text: string }[]): string[] => lines.map(({ text }) => text);

describe('a growing file', () => {
  it('gives a half line out when its rest has come', () => {
    const splitter = new LineSplitter(0);
    expect(textOf(splitter.push(Buffer.from('one\ntw')))).toEqual(['one']);
    expect(splitter.position).toBe(4);
    expect(textOf(splitter.push(Buffer.from('o\n')))).toEqual(['two']);
    expect(splitter.position).toBe(8);
  });

  it('leaves out a line that has no end, counts it once, and reads on behind it', () => {
    const splitter = new LineSplitter(0);
    const lines = [
      ...splitter.push(Buffer.alloc(MAX_LINE + 1, 0x61)),
      ...splitter.push(Buffer.alloc(MAX_LINE + 1, 0x61)),
      ...splitter.push(Buffer.from('aa\nnext\n')),
    ];
    expect(lines).toEqual([{ text: 'next', offset: 2 * MAX_LINE + 5 }]);
    expect(splitter.tooLong).toBe(1);
  });

  it('gives the same lines at the same offsets, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 })), fc.array(fc.integer({ min: 1, max: 40 })), (lines, cuts) => {
        const clean = lines.map((line) => line.replace(/[^\x20-\x7e]/g, ''));
        const bytes = Buffer.from(clean.map((line) => `${line}\n`).join(''));
        const whole = new LineSplitter(0).push(bytes);
        const splitter = new LineSplitter(0);
        const found = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          found.push(...splitter.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        expect(found).toEqual(whole);
        expect(textOf(whole)).toEqual(clean.filter((line) => line.length > 0));
        expect(splitter.position).toBe(bytes.length);
      }),
    );
  });
});
