import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request as openRequest, type RequestOptions } from 'node:https';
import { DriverError } from '#driver';
import { answerText, secretsOf } from './answer-text.js';

/** An answer longer than this is not one that we have asked for. */
const LARGEST_ANSWER = 8 * 1024 * 1024;
/** Less than the time after which servers close an idle connection, so that ours is seldom closed under a request. */
const IDLE_MS = 3000;
const READS = ['GET', 'HEAD'];

export interface NacClientOptions {
  /** `https://HOST[:PORT]`, with the path that every request begins with, if any. */
  baseUrl: string;
  /** For connection, request and answer together. */
  timeoutMs: number;
  /** PEM of the authorities that may have signed the point's certificate; null: those of the machine. */
  caFile: string | null;
  /** Asked before each request, so that a rotated secret holds at once. */
  headers?: () => Promise<Record<string, string>>;
}

export interface NacRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  json?: unknown;
  body?: string;
  contentType?: string;
  headers?: Record<string, string>;
  /** Statuses that the caller understands; with any other one the request fails. */
  expect: number[];
  /** Whether it changes something at the point. Not told: GET does not, everything else does. */
  changes?: boolean;
  /** Words besides the headers' that must not be shown, should the point send them back. */
  secrets?: readonly string[];
}

export interface NacAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Throws `bad-answer` where it is none. */
  json(): unknown;
}

/**
 * Speaks HTTPS to a NAC. Its certificate is always verified, and a redirect is never followed. What becomes of a request
 * is told apart by whether it may have been carried out: until the TLS handshake is done nothing has been sent.
 */
export class NacClient {
  /** Reads share connections; a write has one of its own, so that no stale one leaves its outcome open. */
  private readonly reads = new Agent({ keepAlive: true, timeout: IDLE_MS });
  private readonly writes = new Agent({ keepAlive: false });

  constructor(private readonly options: NacClientOptions) {}

  async request(request: NacRequest): Promise<NacAnswer> {
    const headers = { ...(await this.options.headers?.()), ...request.headers };
    const secrets = [...secretsOf(headers), ...(request.secrets ?? [])];
    const answer = await this.exchange(request, headers);
    if (request.expect.includes(answer.status)) return answer;
    throw unexpected(request, answer, secrets);
  }

  /** Gives idle connections back. */
  close(): void {
    this.reads.destroy();
    this.writes.destroy();
  }

  private async exchange(request: NacRequest, headers: Record<string, string>): Promise<NacAnswer> {
    const changes = isChange(request);
    const body = request.json === undefined ? request.body : JSON.stringify(request.json);
    const contentType = request.contentType ?? 'application/json';
    const options: RequestOptions = {
      method: request.method,
      agent: changes ? this.writes : this.reads,
      ca: await this.authorities(),
      headers: {
        Accept: 'application/json',
        ...headers,
        ...(body === undefined ? {} : { 'Content-Type': contentType, 'Content-Length': `${Buffer.byteLength(body)}` }),
      },
    };
    const url = this.options.baseUrl + request.path;
    try {
      return await send(url, options, body, this.options.timeoutMs);
    } catch (error) {
      // The point had closed an idle connection: nothing is wrong with it, and a read may be asked again.
      if (error instanceof BrokenOff && error.reused && !changes) {
        const fresh = { ...options, agent: this.writes };
        return send(url, fresh, body, this.options.timeoutMs).catch((again) => fail(again, request, url));
      }
      return fail(error, request, url);
    }
  }

  private async authorities(): Promise<string | undefined> {
    const { caFile } = this.options;
    if (caFile === null) return undefined;
    return readFile(caFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new DriverError('misconfigured', `can't read the CA file ${caFile}: ${error.code ?? 'unknown'}`);
    });
  }
}

/** The exchange ended before its answer was whole. */
class BrokenOff extends Error {
  constructor(
    /** Whether the request may have reached the point. */
    readonly sent: boolean,
    readonly reused: boolean,
    reason: string,
  ) {
    super(reason);
  }
}

function send(url: string, options: RequestOptions, body: string | undefined, timeoutMs: number): Promise<NacAnswer> {
  return new Promise((resolve, reject) => {
    let sent = false;
    const request = openRequest(url, options);
    const deadline = setTimeout(() => end(`no answer within ${timeoutMs} ms`), timeoutMs);
    const end = (reason: string): void => {
      clearTimeout(deadline);
      request.destroy();
      reject(new BrokenOff(sent, request.reusedSocket, reason));
    };
    request.on('error', (error: NodeJS.ErrnoException) => end(reasonOf(error)));
    request.on('socket', (socket) => {
      if (request.reusedSocket) sent = true;
      else socket.once('secureConnect', () => (sent = true));
    });
    request.on('response', (response) => {
      collect(response).then(
        (answer) => {
          clearTimeout(deadline);
          resolve(answer);
        },
        (error: Error) => end(error.message),
      );
    });
    request.end(body);
  });
}

const UNTRUSTED = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_)/;

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === undefined || !UNTRUSTED.test(code)) return code ?? message;
  return `its certificate is not accepted, ${code}: caFile names the authority, and the URL the certificate's name`;
}

async function collect(response: IncomingMessage): Promise<NacAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error('the answer broke off');
  const headers = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, headers, text, json: () => parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DriverError('bad-answer', 'an answer of the point is not JSON');
  }
}

function isChange({ method, changes }: NacRequest): boolean {
  return changes ?? !READS.includes(method);
}

function fail(error: unknown, request: NacRequest, url: string): never {
  if (!(error instanceof BrokenOff)) throw error;
  const where = new URL(url).host;
  const ambiguous = error.sent && isChange(request);
  throw ambiguous
    ? new DriverError('no-answer', `${where} took a request and did not answer it (${error.message}): read back first`)
    : new DriverError('unreachable', `${where} can't be reached (${error.message})`);
}

/** A gateway that gave up waiting has passed the request on; one that is overloaded has not. */
function unexpected(request: NacRequest, { status, text }: NacAnswer, secrets: readonly string[]): DriverError {
  const words = answerText(text, secrets);
  const message = `answered ${status} to ${request.method}${words === '' ? '' : `: ${words}`}`;
  if (status === 401) return new DriverError('misconfigured', `the account or its secret is not accepted: ${message}`);
  if (status === 429 || status === 503) return new DriverError('unreachable', `the point is busy: ${message}`);
  if (status !== 502 && status !== 504) return new DriverError('refused', `the point ${message}`);
  return new DriverError(isChange(request) ? 'no-answer' : 'unreachable', `what is before the point ${message}`);
}
