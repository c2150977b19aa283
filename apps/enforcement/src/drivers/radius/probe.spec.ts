import { answerOf } from './answer.js';
import { findingOf, probeAttempt, silenceFinding } from './probe.js';
import { aPoint } from './testing/points.js';
import { MODEL_NAMES } from './models/models.js';
import { CODE, type Packet } from './wire/packet.js';

const whom = 'sw-1 (10.99.0.2)';
const reply = (code: number, cause?: number): Packet => {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(cause ?? 0);
  const attributes = cause === undefined ? [] : [{ type: 101, value }];
  return { code, identifier: 0, authenticator: Buffer.alloc(16), attributes };
};
const finding = (code: number, cause?: number) => findingOf(whom, answerOf(reply(code, cause)));

describe('the harmless request', () => {
  it.each(MODEL_NAMES)('can be put to %s, and names no device', (model) => {
    const attempt = probeAttempt(aPoint(model))!;
    expect(attempt.request).toBe('disconnect');
    expect(attempt.attributes.map(([, value]) => String(value).toLowerCase())).toContainEqual(
      expect.stringMatching(/^02-?4c-?5a-?00-?00-?00$/),
    );
  });

  it('F32 is well with 503 alone: secret, client entry and clock are then right', () => {
    expect(finding(CODE.disconnectNak, 503).ok).toBe(true);
    expect(finding(CODE.disconnectNak, 403)).toMatchObject({ ok: false, detail: expect.stringContaining('nas') });
    expect(finding(CODE.disconnectNak, 402)).toMatchObject({ ok: false });
    expect(finding(CODE.disconnectNak).ok).toBe(false);
    expect(finding(CODE.disconnectAck)).toMatchObject({
      ok: false,
      detail: expect.stringContaining("can't be believed"),
    });
  });

  it('F32 names all four causes of silence, and the likely one where a stranger has answered', () => {
    const { ok, detail } = silenceFinding(whom, aPoint('ieee8021x'), 2);
    expect(ok).toBe(false);
    for (const word of ['secret', 'client', 'clock', 'Message-Authenticator', '2 answers'])
      expect(detail).toContain(word);
  });
});
