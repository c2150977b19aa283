import fc from 'fast-check';
import { ancBody, formsToTry } from './anc.js';
import { csrfOf } from './csrf.js';
import { ersTitles, isRadiusFailure, refusalWords } from './ers-error.js';
import { listPath, parseList } from './ers-list.js';

describe('ERS', () => {
  it('takes one of two bodies, each with the MAC in capitals', () => {
    expect(ancBody('additional-data', '08:00:06:10:00:1a', 'Lazaret-Imaging')).toEqual({
      OperationAdditionalData: {
        additionalData: [
          { name: 'macAddress', value: '08:00:06:10:00:1A' },
          { name: 'policyName', value: 'Lazaret-Imaging' },
        ],
      },
    });
    expect(ancBody('anc-endpoint', '08:00:06:10:00:1a', null)).toEqual({
      ErsAncEndpoint: { macAddress: '08:00:06:10:00:1A' },
    });
  });

  it('is tried with both until one has been taken, and with the pinned one only', () => {
    expect(formsToTry('auto', null)).toEqual(['additional-data', 'anc-endpoint']);
    expect(formsToTry('auto', 'anc-endpoint')).toEqual(['anc-endpoint']);
    expect(formsToTry('anc-endpoint', null)).toEqual(['anc-endpoint']);
  });

  it("is asked for a MAC with its colons encoded, at a list's path with or without a slash", () => {
    const query = { filter: 'macAddress.EQ.08:00:06:10:00:11' };
    expect(listPath('ancendpoint', false, query)).toBe(
      '/ers/config/ancendpoint?filter=macAddress.EQ.08%3A00%3A06%3A10%3A00%3A11',
    );
    expect(listPath('ancendpoint', true, {})).toBe('/ers/config/ancendpoint/');
  });

  it('lists ids, and says whether there are more', () => {
    const page = { SearchResult: { total: 101, resources: [{ id: 'a' }], nextPage: { rel: 'next' } } };
    expect(parseList(page)).toEqual({ resources: [{ id: 'a', name: null }], more: true });
    expect(() => parseList({ total: 0 })).toThrow();
  });

  it('hands out a token with its cookies, or none', () => {
    const headers = new Headers({ 'X-CSRF-Token': '7F3C' });
    headers.append('Set-Cookie', 'APPSESSIONID=s1; Path=/ers; HttpOnly');
    headers.append('Set-Cookie', 'JSESSIONIDSSO=s2; Secure');
    expect(csrfOf(headers)).toEqual({ token: '7F3C', cookie: 'APPSESSIONID=s1; JSESSIONIDSSO=s2' });
    expect(csrfOf(new Headers())).toBeNull();
    expect(csrfOf(new Headers({ 'X-CSRF-Token': 'Required' }))).toBeNull();
  });

  it('explains a refusal by its titles, made safe to show', () => {
    const text = JSON.stringify({ ERSResponse: { messages: [{ title: 'Radius\nFailure' }, { code: 'x' }] } });
    expect(ersTitles(text)).toEqual(['Radius Failure']);
    expect(isRadiusFailure(ersTitles(text))).toBe(true);
    expect(ersTitles('<html>')).toEqual([]);
    expect(refusalWords(403, [])).toContain('ERS Admin');
    fc.assert(
      fc.property(fc.string(), (title) =>
        /^[\x20-\x7e…]*$/.test(ersTitles(JSON.stringify({ ERSResponse: { messages: [{ title }] } })).join('')),
      ),
    );
  });
});
