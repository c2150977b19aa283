import { timingSafeEqual, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SecretFile } from '#driver';
import type { Logger } from '#observability';
import type { RadiusPolicyPoint } from './config.js';
import { readAccounting, readQuestion, type Accounting, type Question } from './wire/form.js';

const BODY_OCTETS = 65_536;
const CONNECTIONS = 512;
/** A connection stays open longer than FreeRADIUS's pool keeps it, so that it is never closed under a question. */
const IDLE_MS = 75_000;
const RETRY_MS = 250;
/** What happens again and again is logged this often. */
const LOGGED_MS = 10_000;

/** What is answered: `isolated` with the answer's body, `nothing` of ours, or that we don't know. */
export type PolicyAnswer = { kind: 'isolated'; body: string } | { kind: 'nothing' } | { kind: 'unknown' };

/** What answers; both at once, from memory. */
export interface Answerer {
  question(question: Question): PolicyAnswer;
  accounting(record: Accounting): void;
}

/**
 * The policy endpoint: `POST /v1/policy` (200 with attributes, 204 nothing of ours, 503 not known) and `POST
 * /v1/accounting` (204), both with a form and the token. It is its own small server, so that it answers before the rest
 * of the service is up and whatever has become of the database and the broker.
 */
export class QuestionsController {
  lastQuestion: Date | null = null;
  lastRefusal: Date | null = null;
  private readonly token: SecretFile;
  private server: Server | null = null;
  private retry: NodeJS.Timeout | null = null;
  private whenListening: Promise<void> = Promise.resolve();
  private faultLogged = 0;
  private refusalLogged = 0;

  constructor(
    private readonly point: Pick<RadiusPolicyPoint, 'listen' | 'tokenFile'>,
    private readonly answerer: Answerer,
    private readonly logger?: Logger,
  ) {
    this.token = new SecretFile(point.tokenFile);
  }

  /** Begins to listen; while another process has the port (the one before us), again and again. */
  start(onListening: () => void): void {
    this.whenListening = new Promise((resolve) => this.listen(() => (onListening(), resolve())));
  }

  get listening(): boolean {
    return this.server?.listening ?? false;
  }

  /** Resolves when it listens. */
  started(): Promise<void> {
    return this.whenListening;
  }

  get port(): number {
    return (this.server?.address() as AddressInfo | null)?.port ?? this.point.listen.port;
  }

  async stop(): Promise<void> {
    if (this.retry) clearTimeout(this.retry);
    const { server } = this;
    this.server = null;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
      // A question takes a moment; what is open after that is nobody's.
      setTimeout(() => server.closeAllConnections(), 200).unref();
    });
  }

  private listen(onListening: () => void): void {
    const { host, port } = this.point.listen;
    const server = this.created(onListening);
    if (!server) return;
    this.server = server;
    server.maxConnections = CONNECTIONS;
    server.keepAliveTimeout = IDLE_MS;
    server.headersTimeout = 5000;
    server.requestTimeout = 5000;
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (!server.listening && this.server === server) this.listenLater(onListening, error);
    });
    server.listen({ host, port, exclusive: true }, () => {
      if (this.server !== server) return void server.close();
      this.logger?.info({ host, port: this.port }, 'RADIUS servers can ask for policies');
      onListening();
    });
  }

  /** null: its certificate can't be used now. */
  private created(onListening: () => void): Server | null {
    try {
      return this.create();
    } catch (error) {
      this.listenLater(onListening, error as NodeJS.ErrnoException);
      return null;
    }
  }

  private listenLater(onListening: () => void, { code, message }: NodeJS.ErrnoException): void {
    const { host, port } = this.point.listen;
    if (Date.now() - this.faultLogged > LOGGED_MS) {
      this.faultLogged = Date.now();
      this.logger?.warn({ host, port, reason: code ?? message }, 'the RADIUS policy endpoint can not listen yet');
    }
    this.retry = setTimeout(() => this.listen(onListening), RETRY_MS).unref();
  }

  private create(): Server {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.handle(request, response).catch((error: unknown) => {
        this.logger?.error({ reason: error instanceof Error ? error.message : 'unknown' }, 'a RADIUS question failed');
        this.end(response, 503);
      });
    };
    const { tls } = this.point.listen;
    if (!tls) return createServer(answer);
    return createTlsServer({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, answer);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(await this.knows(request.headers.authorization))) {
      this.refused(request);
      return this.end(response, 401);
    }
    if (request.method !== 'POST') return this.end(response, 405);
    const body = await bodyOf(request);
    if (body === null) return this.end(response, 413);
    if (request.url === '/v1/policy') return this.answerQuestion(body, response);
    if (request.url === '/v1/accounting') return this.take(body, response);
    return this.end(response, 404);
  }

  private answerQuestion(body: string, response: ServerResponse): void {
    const question = readQuestion(body);
    if (!question) return this.end(response, 400);
    this.lastQuestion = new Date();
    const answer = this.answerer.question(question);
    switch (answer.kind) {
      case 'isolated':
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(answer.body),
        });
        response.end(answer.body);
        return;
      case 'nothing':
        return this.end(response, 204);
      case 'unknown':
        return this.end(response, 503);
    }
  }

  private take(body: string, response: ServerResponse): void {
    const record = readAccounting(body);
    if (!record) return this.end(response, 400);
    if (record !== 'ignored') this.answerer.accounting(record);
    this.end(response, 204);
  }

  /** By Basic (any user, the token as password: what rlm_rest sends) or Bearer; in a time that tells nothing. */
  private async knows(authorization = ''): Promise<boolean> {
    const [scheme = '', value = ''] = authorization.split(' ');
    const given =
      scheme.toLowerCase() === 'basic'
        ? Buffer.from(value, 'base64')
            .toString()
            .replace(/^[^:]*:/, '')
        : value;
    return timingSafeEqual(digestOf(given), digestOf(await this.token.read()));
  }

  private refused(request: IncomingMessage): void {
    this.lastRefusal = new Date();
    if (Date.now() - this.refusalLogged < LOGGED_MS) return;
    this.refusalLogged = Date.now();
    this.logger?.warn({ from: request.socket.remoteAddress }, 'a RADIUS question without the right token was refused');
  }

  private end(response: ServerResponse, status: number): void {
    if (response.headersSent) return;
    // Whoever sends too much or the wrong thing has nothing more to say on this connection.
    const headers: Record<string, string> = status === 413 || status === 401 ? { connection: 'close' } : {};
    response.writeHead(status, headers).end();
  }
}

/** null: too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_OCTETS) return null;
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > BODY_OCTETS) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
