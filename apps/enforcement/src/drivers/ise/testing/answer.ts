/** What the stand-in was asked. `path` without its query. */
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  /** The request's target as it came, with what is percent-encoded in it. */
  target: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface Answer {
  status: number;
  body?: string;
  type?: 'application/json' | 'application/xml' | 'text/html';
  headers?: Record<string, string | string[]>;
}

export function json(status: number, value: unknown, headers: Record<string, string | string[]> = {}): Answer {
  return { status, body: JSON.stringify(value), type: 'application/json', headers };
}

export function ersError(status: number, title: string): Answer {
  const message = { title, type: 'ERROR', code: 'Application resource validation exception' };
  return json(status, { ERSResponse: { operation: 'PUT-apply-ancendpoint', messages: [message] } });
}
