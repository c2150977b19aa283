import fc from 'fast-check';
import { deliveryPause, receiverPause } from './back-off.js';
import { failureOf, outcomeOf } from './outcome.js';

const now = new Date('2026-11-25T10:00:00Z');

describe('outcomeOf', () => {
  it('is taken with any 2xx and with nothing else', () => {
    for (let status = 100; status < 600; status += 1) {
      expect([status, outcomeOf(status, undefined, now).ok]).toEqual([status, status >= 200 && status < 300]);
    }
  });

  it('says that it does not go where a redirection points', () => {
    expect(outcomeOf(302, undefined, now)).toMatchObject({
      ok: false,
      failure: expect.stringContaining('not followed'),
    });
  });

  it.each([
    ['120', 120_000],
    ['Wed, 25 Nov 2026 10:01:00 GMT', 60_000],
    ['Wed, 25 Nov 2026 09:00:00 GMT', null],
    ['soon', null],
    [undefined, null],
  ])('reads Retry-After "%s"', (text, retryAfterMs) => {
    expect(outcomeOf(503, text, now)).toEqual({ ok: false, failure: 'it answered 503', retryAfterMs });
  });
});

it('puts a fault of the network in words', () => {
  expect(failureOf('ENOTFOUND')).toBe('its name is not resolved (ENOTFOUND)');
  expect(failureOf('DEPTH_ZERO_SELF_SIGNED_CERT')).toMatch(/certificate is not accepted/);
  expect(failureOf('ERR_TLS_CERT_ALTNAME_INVALID')).toMatch(/certificate is not accepted/);
  expect(failureOf('ECONNREFUSED')).toBe('the connection failed (ECONNREFUSED)');
});

describe('pauses', () => {
  it('grow to a ceiling, are anywhere below it, and never nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 0.999999, noNaN: true }), (n, random) => {
        expect(deliveryPause(n, null, () => random)).toBeGreaterThanOrEqual(100);
        expect(deliveryPause(n, null, () => random)).toBeLessThanOrEqual(Math.min(900_000, 2000 * 2 ** (n - 1)));
        expect(receiverPause(n, () => random)).toBeLessThanOrEqual(Math.min(30_000, 500 * 2 ** (n - 1)));
      }),
    );
  });

  it('heed the wish of a receiver, but for an hour at most', () => {
    expect(deliveryPause(1, 60_000, () => 0)).toBe(60_000);
    expect(deliveryPause(1, 1e12, () => 0)).toBe(3_600_000);
  });
});
