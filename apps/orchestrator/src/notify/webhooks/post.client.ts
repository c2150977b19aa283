import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { request as plainRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { mayConnect } from './addresses.js';
import { failed, failureOf, outcomeOf, type Outcome } from './outcome.js';
import type { WebhookSubscription } from './subscription.js';

export interface PostRequest {
  headers: Record<string, string>;
  body: string;
  /** Aborted when the service stops. */
  stopped: AbortSignal;
}

const REFUSED = 'LAZARET_REFUSED_ADDRESS';
/** Bytes of an answer that are read at most, so that the receiver sees its answer taken; none is looked at. */
const ANSWER_BYTES = 16 * 1024;

/**
 * Sends one request to the receiver, over a connection of its own. The addresses of its name are judged and then
 * connected to in one step, so that a name that changes in between changes nothing. Time and answer are bounded, the
 * certificate is verified, redirections and the environment's proxies are not followed. Never rejects.
 */
export async function post(subscription: WebhookSubscription, request: PostRequest): Promise<Outcome> {
  const { url: text, allowAddresses, caFile, timeoutSeconds } = subscription;
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && !mayConnect(host, allowAddresses)) return failed(inWords(REFUSED));
  const ca = caFile === null ? undefined : await readFile(caFile).catch(() => null);
  if (ca === null) return failed(`the certificate file ${caFile} can't be read`);
  const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
  const options: RequestOptions & { ca?: Buffer } = {
    method: 'POST',
    agent: false,
    headers: { ...request.headers, 'content-length': Buffer.byteLength(request.body) },
    lookup: allowedOnly(allowAddresses),
    signal: AbortSignal.any([deadline, request.stopped]),
    ...(ca === undefined ? {} : { ca }),
  };
  try {
    return await send(url, options, request.body);
  } catch (error) {
    if (deadline.aborted) return failed(`no answer within ${timeoutSeconds} s`);
    return failed(inWords((error as NodeJS.ErrnoException).code));
  }
}

function inWords(code: string | undefined): string {
  return code === REFUSED ? 'its address is not public, and allowAddresses does not name it' : failureOf(code);
}

function send(url: URL, options: RequestOptions, body: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const take = (answer: IncomingMessage): void => {
      const { statusCode = 0, headers } = answer;
      const outcome = outcomeOf(statusCode, headers['retry-after'], new Date());
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES) answer.destroy();
      });
      // What comes after the status changes nothing: a receiver that has said 2xx has taken it.
      answer.once('error', () => resolve(outcome));
      answer.once('close', () => resolve(outcome));
    };
    const outgoing: ClientRequest =
      url.protocol === 'https:'
        ? tlsRequest(url, { ...options, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, take)
        : plainRequest(url, options, take);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Resolves a name as the system does, and gives only those addresses to the connection that it may have. */
function allowedOnly(allowed: readonly string[]): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      const open = found.filter(({ address }) => mayConnect(address, allowed));
      const first = open[0];
      if (!first) return callback(Object.assign(new Error('refused'), { code: REFUSED }), '', 0);
      if (options.all) return callback(null, open);
      callback(null, first.address, first.family);
    });
  };
}
