/**
 * ERS can be set to want a token with every write: GET …/versioninfo with `X-CSRF-TOKEN: fetch` answers with the token
 * in a header of the same name, and with the session's cookies, which go with it.
 */
export interface Csrf {
  token: string;
  /** As a request's Cookie header. */
  cookie: string;
}

/** 403 is also what an account without the right gets; whether a token is wanted, the fetch tells. */
export function needsCsrf(status: number): boolean {
  return status === 403;
}

/** Null: none was handed out. */
export function csrfOf(headers: Headers): Csrf | null {
  const token = headers.get('x-csrf-token');
  if (token === null || token === '' || /^(required|fetch)$/i.test(token)) return null;
  const cookie = headers.getSetCookie().map((one) => one.split(';')[0]!.trim());
  return { token, cookie: cookie.join('; ') };
}
