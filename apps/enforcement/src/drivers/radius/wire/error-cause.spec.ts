import { ERROR_CAUSES, errorCause } from './error-cause.js';

describe('an Error-Cause', () => {
  it('has words and an advice, whichever it is', () => {
    // RFC 5176 section 3.5, all of them.
    expect(ERROR_CAUSES).toEqual([201, 202, 401, 402, 403, 404, 405, 406, 407, 501, 502, 503, 504, 505, 506, 507, 508]);
    for (const cause of [...ERROR_CAUSES, 999, null]) {
      const { name, advice } = errorCause(cause);
      expect(Math.min(name.length, advice.length)).toBeGreaterThan(5);
    }
  });

  it('says what may be done about it: nobody connected, somebody else to mend it, or another set of attributes', () => {
    expect(errorCause(503)).toMatchObject({ code: 'no-session', aboutAttributes: false });
    expect(errorCause(402)).toMatchObject({ code: 'refused', aboutAttributes: true });
    expect(errorCause(407)).toMatchObject({ code: 'refused', aboutAttributes: true });
    expect(errorCause(501)).toMatchObject({ code: 'refused', aboutAttributes: false });
    expect(errorCause(502)).toMatchObject({ code: 'misconfigured' });
    expect(errorCause(506)).toMatchObject({ code: 'unreachable' });
    expect(errorCause(null)).toMatchObject({ code: 'refused', aboutAttributes: false });
  });
});
