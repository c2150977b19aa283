import { isSecretOf, isTokenName, makeToken, mayAct, parseToken } from './token.js';

const id = '01993c10-1111-7aaa-8000-000000000001';

describe('a token', () => {
  it('proves itself by its secret, which is not what is stored', () => {
    const token = makeToken(id);
    const parts = parseToken(token.text);
    expect(parts?.id).toBe(id);
    expect(isSecretOf(parts?.secret ?? '', token.secretHash)).toBe(true);
    expect(isSecretOf(parseToken(makeToken(id).text)?.secret ?? '', token.secretHash)).toBe(false);
    expect(token.text).not.toContain(token.secretHash);
  });

  it.each(['', 'lzt_', `lzt_${id}_short`, `lzt_${id}_${'x'.repeat(44)}`, "lzt_'; DROP TABLE tokens_x"])(
    'has a form that %j has not',
    (text) => expect(parseToken(text)).toBeUndefined(),
  );
});

describe('the name of a token', () => {
  it.each(['ann', 'Dr. Jörg Müller', 'soar-1', "o'brien@example.org"])('may be %s', (name) => {
    expect(isTokenName(name)).toBe(true);
  });

  it.each(['policy', 'Enforcement', 'a', ' ann', 'ann\n', 'a\u001b[31m', 'x'.repeat(101)])('may not be %j', (name) => {
    expect(isTokenName(name)).toBe(false);
  });
});

describe('roles', () => {
  it('include the ones before, but an admin does not approve', () => {
    expect(mayAct('approver', 'operator')).toBe(true);
    expect(mayAct('operator', 'approver')).toBe(false);
    expect(mayAct('viewer', 'viewer')).toBe(true);
    expect(mayAct('approver', 'admin')).toBe(false);
    expect(mayAct('admin', 'operator')).toBe(true);
    expect(mayAct('admin', 'approver')).toBe(false);
  });
});
