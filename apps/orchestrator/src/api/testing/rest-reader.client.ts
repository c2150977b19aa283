/** What the server answered, as a stranger sees it: `body` is parsed where it is JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
}

/** A client of its own over real HTTP, with or without a token. */
export class RestReader {
  constructor(
    readonly url: string,
    readonly token: string | null,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.send('POST', path, JSON.stringify(body), { 'content-type': 'application/json' });
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.send('PUT', path, JSON.stringify(body), { 'content-type': 'application/json' });
  }

  async send(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const authorization = this.token === null ? {} : { authorization: `Bearer ${this.token}` };
    const init = { method, headers: { ...authorization, ...headers }, signal: AbortSignal.timeout(30_000) };
    const response = await fetch(new URL(path, this.url), body === undefined ? init : { ...init, body });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const parsed = isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, headers: response.headers, text, body: parsed };
  }
}
