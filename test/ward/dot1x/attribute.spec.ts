import { attributeOf } from './attribute.js';

const packet = (...attributes: number[][]): Buffer =>
  Buffer.from([40, 1, 0, 0, ...Array<number>(16).fill(0), ...attributes.flat()]);

describe("a packet's attribute", () => {
  it('is found behind others, and is none where there is none', () => {
    const found = attributeOf(packet([4, 6, 10, 99, 0, 2], [31, 5, 97, 98, 99]), 31);
    expect(found?.toString()).toBe('abc');
    expect(attributeOf(packet([4, 6, 10, 99, 0, 2]), 31)).toBeUndefined();
  });

  it('is none in a packet that is cut off or lies about a length', () => {
    expect(attributeOf(Buffer.alloc(3), 31)).toBeUndefined();
    expect(attributeOf(packet([31, 9, 97]), 31)).toBeUndefined();
    expect(attributeOf(packet([4, 0], [31, 3, 97]), 31)).toBeUndefined();
  });
});
