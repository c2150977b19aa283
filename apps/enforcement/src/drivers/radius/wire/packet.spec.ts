import fc from 'fast-check';
import { decodeAttributes, MAX_VALUE, vendorAttributes, vendorSpecific } from './attribute.js';
import { messageAuthenticatorAt } from './authenticator.js';
import { decodePacket, encodePacket, MAX_PACKET, packetOf } from './packet.js';
import { verifyReply } from './signed.js';

const octets = (max: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength: max }).map((bytes) => Buffer.from(bytes));
const attribute = fc.record({ type: fc.integer({ min: 0, max: 255 }), value: octets(MAX_VALUE) });
const packet = fc.record({
  code: fc.integer({ min: 0, max: 255 }),
  identifier: fc.integer({ min: 0, max: 255 }),
  authenticator: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  attributes: fc.array(attribute, { maxLength: 15 }),
});

describe('a RADIUS packet', () => {
  it('is read as it was written, whatever stands behind it', () => {
    fc.assert(
      fc.property(packet, octets(20), (one, padding) => {
        const written = encodePacket(one);
        expect(decodePacket(Buffer.concat([written, padding]))).toEqual(one);
        expect(packetOf(Buffer.concat([written, padding]))).toEqual(written);
      }),
    );
  });

  it('is not written longer than 4096 octets, and no attribute longer than 253', () => {
    const head = { code: 43, identifier: 0, authenticator: Buffer.alloc(16) };
    const full = { type: 1, value: Buffer.alloc(MAX_VALUE) };
    expect(() => encodePacket({ ...head, attributes: Array.from({ length: 16 }, () => full) })).toThrow(
      `${MAX_PACKET} fit`,
    );
    expect(() => encodePacket({ ...head, attributes: [{ type: 1, value: Buffer.alloc(254) }] })).toThrow('253 fit');
  });

  it('is never mistaken for one: any octets are read or refused, without an error and at once', () => {
    fc.assert(
      fc.property(octets(300), octets(300), (datagram, request) => {
        const started = performance.now();
        decodePacket(datagram);
        const attributes = decodeAttributes(datagram);
        if (attributes) vendorAttributes(attributes);
        messageAuthenticatorAt(Buffer.concat([Buffer.alloc(20), datagram]));
        const asked = Buffer.concat([Buffer.alloc(20), request]);
        expect(verifyReply(datagram, asked, Buffer.from('secret')).ok).toBe(false);
        expect(performance.now() - started).toBeLessThan(200);
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused with a length that does not fit', () => {
    const good = encodePacket({ code: 44, identifier: 1, authenticator: Buffer.alloc(16), attributes: [] });
    for (const length of [0, 19, 21, 4097, 65_535]) {
      const bad = Buffer.from(good);
      bad.writeUInt16BE(length, 2);
      expect(decodePacket(bad)).toBeNull();
    }
    const attributes: [string, number[]][] = [
      ['too short', [1, 1]],
      ['cut off', [1, 5, 0]],
      ['without a length', [1]],
    ];
    for (const [, bytes] of attributes) expect(decodeAttributes(Buffer.from(bytes))).toBeNull();
  });
});

describe("a vendor's attribute", () => {
  it('is read as it was written, beside others', () => {
    const number = fc.integer({ min: 0, max: 0xffff_ffff });
    const vendor = fc.record({ vendor: number, type: fc.integer({ min: 0, max: 255 }), value: octets(247) });
    fc.assert(
      fc.property(fc.array(vendor, { maxLength: 5 }), (ones) => {
        expect(vendorAttributes([{ type: 1, value: Buffer.from('x') }, ...ones.map(vendorSpecific)])).toEqual(ones);
      }),
    );
  });

  it('has room for 247 octets', () => {
    expect(() => vendorSpecific({ vendor: 9, type: 1, value: Buffer.alloc(248) })).toThrow('247 fit');
  });
});
