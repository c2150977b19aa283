import { CommandError, EXIT } from './exit-codes.js';

/** A problem document (RFC 9457) as far as people need it. */
interface ProblemDocument {
  type?: string;
  title?: string;
  detail?: string;
  errors?: { pointer?: string; row?: number; column?: string; code?: string; detail?: string }[];
}

export interface RestRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** Sent as it is, with this media type; otherwise the body goes as JSON. */
  media?: string;
}

const TIMEOUT_MS = 15_000;

/** Lazaret's REST interface. Every failure is a CommandError with an exit code and a sentence that helps. */
export class RestClient {
  constructor(
    private readonly baseUrl: string,
    private readonly token: string | undefined,
  ) {}

  async call<T>(path: string, { method = 'GET', body, media }: RestRequest = {}): Promise<T> {
    const response = await this.send(path, method, body, media);
    const text = await response.text();
    if (!response.ok) throw refusal(response.status, text);
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return (isJson ? JSON.parse(text) : text) as T;
  }

  private async send(path: string, method: string, body: unknown, media: string | undefined): Promise<Response> {
    if (!this.token)
      throw new CommandError(EXIT.notAllowed, 'No token: set LAZARET_TOKEN, or name a file with --token-file.');
    if (!URL.canParse(path, this.baseUrl)) throw new CommandError(EXIT.usage, `${this.baseUrl} is no address.`);
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(body === undefined ? {} : { 'content-type': media ?? 'application/json' }),
    };
    const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    try {
      return await fetch(new URL(path, this.baseUrl), {
        method,
        headers,
        ...content,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
      throw new CommandError(
        EXIT.unreachable,
        `${this.baseUrl} can't be reached (${cause?.code ?? cause?.message ?? (error as Error).message}). Is the orchestrator running?`,
      );
    }
  }
}

function refusal(status: number, text: string): CommandError {
  let problem: ProblemDocument = {};
  try {
    problem = JSON.parse(text) as ProblemDocument;
  } catch {
    // Not a problem document: the status has to do.
  }
  const errors = (problem.errors ?? []).map((e) => {
    const where = e.row === undefined ? (e.pointer ?? '') : `row ${e.row}${e.column ? `, ${e.column}` : ''}`;
    return `\n  ${where}: ${e.detail ?? ''}${e.code ? ` (${e.code})` : ''}`;
  });
  const name = problem.type?.replace('/problems/', '');
  const message = `${problem.title ?? `The server answered ${status}`}${problem.detail ? `: ${problem.detail}` : ''}${name ? ` [${name}]` : ''}${errors.join('')}`;
  return new CommandError(
    status === 401 || status === 403 ? EXIT.notAllowed : status === 503 ? EXIT.unreachable : EXIT.refused,
    message,
  );
}
