import { answerText, secretsOf } from './answer-text.js';

describe('the text of an answer', () => {
  it('is one short line without markup', () => {
    expect(answerText('<html><b>Bad\r\n\tgateway\u001b[31m</b></html>', [])).toBe('Bad gateway [31m');
    expect(answerText('x'.repeat(500), [])).toHaveLength(161);
  });

  it('shows no secret that the point has sent back', () => {
    const basic = Buffer.from('lazaret:pa:ss word').toString('base64');
    const secrets = secretsOf({
      Authorization: `Basic ${basic}`,
      'X-CSRF-TOKEN': 'csrf-1',
      Accept: 'application/json',
    });
    const text = answerText(`no ${basic} nor pa:ss word nor csrf-1 for application/json`, secrets);
    expect(text).toBe('no *** nor *** nor *** for application/json');
  });

  it('knows a raw token and a bearer', () => {
    expect(secretsOf({ authorization: 'raw-token' })).toEqual(['raw-token']);
    expect(secretsOf({ authorization: 'Bearer abc' })).toContain('abc');
  });
});
