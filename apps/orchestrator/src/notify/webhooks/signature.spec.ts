import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { keyOf, signedHeaders } from './signature.js';

const secretOf = (key: Buffer) => `whsec_${key.toString('base64')}`;

describe('signedHeaders', () => {
  it('are verified by the library of Standard Webhooks, whatever the body', () => {
    const key = randomBytes(32);
    const webhook = new Webhook(secretOf(key));
    fc.assert(
      fc.property(fc.json(), fc.uuid(), (body, id) => {
        expect(webhook.verify(body, signedHeaders(id, new Date(), body, [key]))).toEqual(JSON.parse(body));
      }),
    );
  });

  it('equal those that the library makes', () => {
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const at = new Date('2026-11-25T10:00:00.900Z');
    const headers = signedHeaders('evt-1', at, '{"a":"ü"}', [key]);
    expect(headers['webhook-signature']).toBe(new Webhook(secretOf(key)).sign('evt-1', at, '{"a":"ü"}'));
    expect(headers['webhook-timestamp']).toBe('1795600800');
  });

  it('carry a signature of each key while a secret is being changed', () => {
    const [old, next, other] = [randomBytes(24), randomBytes(64), randomBytes(32)];
    const headers = signedHeaders('evt-2', new Date(), '{}', [next, old]);
    for (const key of [old, next]) expect(new Webhook(secretOf(key)).verify('{}', headers)).toEqual({});
    expect(() => new Webhook(secretOf(other)).verify('{}', headers)).toThrow();
  });
});

describe('keyOf', () => {
  it('takes 24 to 64 bytes of base64 behind whsec_', () => {
    for (const bytes of [24, 32, 64]) expect(keyOf(secretOf(Buffer.alloc(bytes, 7)))).toEqual(Buffer.alloc(bytes, 7));
  });

  it.each([
    '',
    'whsec_',
    'whsec_c2hvcnQ=',
    `whsec_${'a'.repeat(100)}`,
    'whsec_not base64 at all, but long enough',
    'x'.repeat(40),
  ])('refuses "%s"', (text) => {
    expect(keyOf(text)).toBeNull();
  });
});
