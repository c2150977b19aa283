import { connect } from 'node:net';

/** A table of 4,096 MACs is 160 KB. */
const MAX_ANSWER = 4 * 1024 * 1024;
const TIMEOUT_MS = 2000;

/**
 * Asks an Open vSwitch daemon over its control socket (ovs-appctl(8), JSON-RPC 1.0 over a Unix socket):
 *
 *     → {"id":0,"method":"fdb/show","params":["br0"]}
 *     ← {"id":0,"result":"text","error":null}
 *
 * One connection a question. Rejects if the daemon does not answer in 2 s, or refuses.
 */
export function askDaemon(socketPath: string, method: string, params: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const fail = (reason: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(`${method}: ${reason}`));
    };
    const timer = setTimeout(() => fail('no answer'), TIMEOUT_MS);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => fail('not reachable'));
    socket.on('end', () => fail('closed without an answer'));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_ANSWER) return fail('the answer is too long');
      const answer = answerIn(text);
      if (answer === undefined) return;
      if (answer.error !== null || typeof answer.result !== 'string') return fail('refused');
      clearTimeout(timer);
      socket.destroy();
      resolve(answer.result);
    });
    socket.write(JSON.stringify({ id: 0, method, params }));
  });
}

/** The answer, once all of it is there. */
function answerIn(text: string): { result: unknown; error: unknown } | undefined {
  if (!text.trimEnd().endsWith('}')) return undefined;
  try {
    const answer = JSON.parse(text) as { result?: unknown; error?: unknown };
    return { result: answer.result, error: answer.error ?? null };
  } catch {
    return undefined;
  }
}
