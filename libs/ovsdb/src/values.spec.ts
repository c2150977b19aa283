import fc from 'fast-check';
import { atomsOf, booleanOf, map, numberOf, optionalOf, set, stringOf, stringsOf, uuid, uuidsOf } from './values.js';

describe('values', () => {
  it('reads a set of none, one and many, and a bare atom as a set of one', () => {
    expect(atomsOf(['set', []])).toEqual([]);
    expect(atomsOf(10)).toEqual([10]);
    expect(atomsOf(set([10, 20]))).toEqual([10, 20]);
    expect(atomsOf(uuid('a-b'))).toEqual([['uuid', 'a-b']]);
    expect(atomsOf(undefined)).toEqual([]);
  });

  it('reads an optional column as its element or null, and only of the type asked for', () => {
    expect(optionalOf(['set', []])).toBeNull();
    expect(numberOf(10)).toBe(10);
    expect(numberOf('10')).toBeNull();
    expect(stringOf('up')).toBe('up');
    expect(booleanOf(false)).toBe(false);
    expect(booleanOf(['set', []])).toBeNull();
  });

  it('reads references', () => {
    expect(
      uuidsOf([
        'set',
        [
          ['uuid', 'a'],
          ['uuid', 'b'],
        ],
      ]),
    ).toEqual(['a', 'b']);
    expect(uuidsOf(['uuid', 'a'])).toEqual(['a']);
  });

  it('brings any map of strings back as it was written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), (entries) => {
        expect(stringsOf(map(entries))).toEqual(entries);
      }),
    );
  });

  it('writes equal maps as equal texts', () => {
    expect(JSON.stringify(map({ b: '2', a: '1' }))).toBe(JSON.stringify(map({ a: '1', b: '2' })));
  });

  it('does not take a map for a set, or a set for a map', () => {
    expect(() => atomsOf(map({ a: 'b' }))).toThrow(TypeError);
    expect(() => stringsOf(set(['a']))).toThrow(TypeError);
  });
});
