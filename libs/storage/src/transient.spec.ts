import { isConnectionLost, isTransient } from './transient.js';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

describe('isTransient', () => {
  it.each(['40001', '40P01', '55P03', '57P01', '57P03', '57014', '53300', '08006', 'ECONNREFUSED', 'ECONNRESET'])(
    'holds for %s, also inside of what wraps it',
    (code) => {
      expect(isTransient(withCode(code))).toBe(true);
      expect(isTransient(Object.assign(new Error('query failed'), { driverError: withCode(code) }))).toBe(true);
      expect(isTransient(new Error('outer', { cause: withCode(code) }))).toBe(true);
      expect(isTransient(new AggregateError([withCode(code)]))).toBe(true);
    },
  );

  it.each(['22012', '23505', '42P01', '42501', '22P02'])(
    'does not hold for %s: the work itself is at fault',
    (code) => {
      expect(isTransient(withCode(code))).toBe(false);
    },
  );

  it('holds for what node-postgres says without a code', () => {
    for (const message of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect']) {
      expect(isTransient(new Error(message))).toBe(true);
      expect(isConnectionLost(new Error(message))).toBe(true);
    }
  });

  it('does not take a deadlock for a lost connection', () => {
    expect(isConnectionLost(withCode('40P01'))).toBe(false);
    expect(isConnectionLost(withCode('57P01'))).toBe(true);
  });

  it('ends on an error that causes itself, and on what is no error', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(isTransient(loop)).toBe(false);
    expect([undefined, null, 'ECONNREFUSED', {}].map(isTransient)).toEqual([false, false, false, false]);
  });
});
