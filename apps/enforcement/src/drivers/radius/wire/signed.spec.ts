import { encodeNamed } from './dictionary.js';
import { CODE, decodePacket } from './packet.js';
import { signRequest, verifyReply } from './signed.js';

/** Recorded from FreeRADIUS 3.2.1 as a NAS, which signs its answers' Message-Authenticator over zeros (R1). */
const SECRET = Buffer.from('coasecret');
const REQUEST = Buffer.from(
  '2b07003fa3ff8b4c00d5d6a4e51bc0f34734ae361f1330322d30302d30302d30302d41412d30313706650000005012fe13b070e0b288dd12e708ff7806d589',
  'hex',
);
const ZERO_FORM = Buffer.from('2c0700264713949fc6f1e13563c9ebf97681f0c95012d428f16640b142b8bd94e49812cfe9f3', 'hex');

describe('a request', () => {
  it('R8 is signed as it was recorded: Message-Authenticator first, and the authenticator over it', () => {
    const attributes = [
      encodeNamed(['Calling-Station-Id', '02-00-00-00-AA-01']),
      encodeNamed(['Event-Timestamp', 0x65000000]),
    ];
    const signed = signRequest(
      { code: CODE.coaRequest, identifier: 7, attributes, messageAuthenticator: true },
      SECRET,
    );
    expect(signed.toString('hex')).toBe(REQUEST.toString('hex'));
  });

  it('goes without a Message-Authenticator only where it is told so', () => {
    const request = { code: CODE.disconnectRequest, identifier: 0, attributes: [] };
    const types = (messageAuthenticator: boolean) =>
      decodePacket(signRequest({ ...request, messageAuthenticator }, SECRET))!.attributes.map(({ type }) => type);
    expect(types(true)).toEqual([80]);
    expect(types(false)).toEqual([]);
  });
});

describe('an answer', () => {
  it('R1 is heard with a Message-Authenticator over zeros, and it is said', () => {
    expect(verifyReply(ZERO_FORM, REQUEST, SECRET)).toMatchObject({ ok: true, signature: 'zero-form' });
  });

  it('is not heard if any one octet is another', () => {
    for (let at = 0; at < ZERO_FORM.length; at++) {
      const other = Buffer.from(ZERO_FORM);
      other[at]! ^= 1;
      expect({ at, ok: verifyReply(other, REQUEST, SECRET).ok }).toEqual({ at, ok: false });
    }
  });

  it('is not heard under another secret, nor for another request', () => {
    expect(verifyReply(ZERO_FORM, REQUEST, Buffer.from('other'))).toEqual({
      ok: false,
      reason: 'response-authenticator',
    });
    const other = Buffer.from(REQUEST);
    other[4]! ^= 1;
    expect(verifyReply(ZERO_FORM, other, SECRET)).toEqual({ ok: false, reason: 'response-authenticator' });
  });
});
