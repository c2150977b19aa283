import { DriverError } from '#driver';
import type { NacAnswer, NacClient, NacRequest } from './nac.client.js';

export interface Token {
  value: string;
  /** How long the NAC says that it holds. */
  seconds: number;
}

/** Renewed this long before its end, so that it does not end under a request. */
const EARLY_SECONDS = 30;

/**
 * Requests under a token that a login gives. It is kept until shortly before its end; one that is refused earlier is
 * replaced once, since what is refused has not been carried out. The login's secret is read at each login.
 */
export class TokenClient {
  private held: { value: string; until: number } | null = null;
  private asking: Promise<string> | null = null;

  constructor(
    private readonly http: NacClient,
    private readonly login: () => Promise<Token>,
    private readonly headers: (token: string) => Record<string, string>,
  ) {}

  async request(request: NacRequest): Promise<NacAnswer> {
    const first = await this.token();
    const answer = await this.send(request, first);
    if (answer.status !== 401 || request.expect.includes(401)) return answer;
    if (this.held?.value === first) this.held = null;
    const again = await this.send(request, await this.token());
    if (again.status !== 401) return again;
    throw new DriverError('misconfigured', `the account may log in and is then not accepted for ${request.path}`);
  }

  close(): void {
    this.http.close();
  }

  private send(request: NacRequest, token: string): Promise<NacAnswer> {
    const headers = { ...this.headers(token), ...request.headers };
    return this.http.request({ ...request, headers, expect: [...request.expect, 401] });
  }

  /** One login at a time, however many ask. */
  private token(): Promise<string> {
    if (this.held && performance.now() < this.held.until) return Promise.resolve(this.held.value);
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  private async ask(): Promise<string> {
    const { value, seconds } = await this.login();
    const life = Math.max(seconds - EARLY_SECONDS, seconds / 2);
    this.held = { value, until: performance.now() + life * 1000 };
    return value;
  }
}
