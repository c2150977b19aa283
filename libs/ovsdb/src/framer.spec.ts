import fc from 'fast-check';
import { FramingError, JsonFramer } from './framer.js';

/** Cuts bytes at the given places, in any order, places beyond the end included. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

const objects = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 6 });

describe('JsonFramer', () => {
  it('finds the same objects however the stream is cut, with and without white space between', () => {
    fc.assert(
      fc.property(objects, fc.array(fc.nat()), fc.constantFrom('', ' ', '\n\t'), (messages, places, between) => {
        const bytes = Buffer.from(messages.map((message) => JSON.stringify(message) + between).join(''));
        const framer = new JsonFramer();
        const texts = cut(bytes, places).flatMap((chunk) => framer.push(chunk));
        expect(texts).toEqual(messages.map((message) => JSON.stringify(message)));
      }),
    );
  });

  it('takes braces, quotes and backslashes in strings for text', () => {
    const text = JSON.stringify({ '}"{': '\\"}{\\', ключ: '{"a":"}"}' });
    const framer = new JsonFramer();
    const texts = [...Buffer.from(text + text)].flatMap((byte) => framer.push(Buffer.from([byte])));
    expect(texts).toEqual([text, text]);
  });

  it('gives up on a message that is larger than its bound, however it arrives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 500 }), fc.array(fc.nat()), (size, places) => {
        const framer = new JsonFramer(50);
        const bytes = Buffer.from(JSON.stringify({ text: 'x'.repeat(size) }));
        expect(() => cut(bytes, places).flatMap((chunk) => framer.push(chunk))).toThrow(FramingError);
      }),
    );
  });

  it('refuses a stream that is not made of objects', () => {
    for (const text of ['[1]', 'HTTP/1.1 400', '{}x', '"text"', '}']) {
      expect(() => new JsonFramer().push(Buffer.from(text))).toThrow(FramingError);
    }
  });
});
