import fc from 'fast-check';
import { MAC_FORMAT, formatMac, macOf } from './mac.js';

const SPELLINGS: ((digits: string) => string)[] = [
  (digits) => digits,
  (digits) => (digits.match(/../g) ?? []).join(':'),
  (digits) => (digits.match(/../g) ?? []).join('-'),
  (digits) => (digits.match(/.{4}/g) ?? []).join('.'),
  (digits) => (digits.match(/.{4}/g) ?? []).join('-'),
  (digits) => `${digits.slice(0, 6)}-${digits.slice(6)}`,
];

describe('a MAC', () => {
  it('is the same in all its spellings', () => {
    const octets = fc.uint8Array({ minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(octets, fc.constantFrom(...SPELLINGS), fc.boolean(), (bytes, spell, upper) => {
        const digits = Buffer.from(bytes).toString('hex');
        const text = spell(digits);
        expect(macOf(upper ? text.toUpperCase() : text)).toBe(SPELLINGS[1]?.(digits));
      }),
    );
  });

  it('is read back as it was, however we write it', () => {
    for (const format of Object.values(MAC_FORMAT)) {
      expect(macOf(formatMac('08:00:06:10:00:1a', format))).toBe('08:00:06:10:00:1a');
    }
  });

  it.each([
    '',
    '192.0.2.1',
    'device',
    '08-00-06-10-00',
    '08-00-06-10-00-11-22',
    '08-00-06-10-00-1g',
    '08--00-06-10-00-11',
    'x08000610001',
  ])('is not what is none: %j', (text) => expect(macOf(text)).toBeNull());
});
