import fc from 'fast-check';
import { ALL_OURS, decodeCookie, encodeCookie, exactly, hex, ofDevice } from './cookie.js';

const device = fc.integer({ min: 0, max: 0xffff_ffff });
const matches = (text: string, cookie: bigint): boolean => {
  const [value, mask] = text.split('/').map(BigInt) as [bigint, bigint];
  return (cookie & mask) === value;
};

describe('a cookie', () => {
  it('brings device and generation modulo 65,536 back', () => {
    fc.assert(
      fc.property(device, fc.nat({ max: 1_000_000 }), (deviceNumber, generation) => {
        expect(decodeCookie(encodeCookie(deviceNumber, generation))).toEqual({
          deviceNumber,
          generation: generation % 65_536,
        });
      }),
    );
  });

  it('of others is none of ours', () => {
    for (const cookie of [0n, 0x5e45_0000_0000_0000n, 0x4c5b_0000_0001_0001n]) {
      expect(decodeCookie(cookie)).toBeNull();
      expect(matches(ALL_OURS, cookie)).toBe(false);
    }
  });

  it('is found by the mask of its device in every generation, and by that of no other', () => {
    fc.assert(
      fc.property(device, device, fc.nat(), (one, other, generation) => {
        const cookie = encodeCookie(one, generation);
        expect(matches(ofDevice(one), cookie)).toBe(true);
        expect(matches(ofDevice(other), cookie)).toBe(one === other);
        expect(matches(ALL_OURS, cookie) && matches(exactly(cookie), cookie)).toBe(true);
      }),
    );
  });

  it('is written with its mask, never without', () => {
    expect(ofDevice(7)).toBe('0x4c5a000000070000/0xffffffffffff0000');
    expect(ALL_OURS).toBe('0x4c5a000000000000/0xffff000000000000');
    expect(hex(encodeCookie(0xffff_ffff, 65_535))).toBe('0x4c5affffffffffff');
  });
});
