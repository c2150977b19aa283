import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below Linux's range for outgoing connections (32768 and up). A port from that range may be taken by any
// client while a server is down for a restart, and a client that retries can even connect to itself.
const LOWEST = 20000;
const HIGHEST = 32000;

/** Whether nobody listens on this port of 127.0.0.1 now. Another process may still take it a moment later. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** `count` different free TCP ports of 127.0.0.1. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries += 1) {
    if (tries > 500) throw new Error(`no ${count} free ports between ${LOWEST} and ${HIGHEST}`);
    const port = randomInt(LOWEST, HIGHEST);
    if (!found.has(port) && (await isPortFree(port))) found.add(port);
  }
  return [...found];
}

/** Somebody else listens on the port that was asked for. */
export class PortTaken extends Error {
  readonly code = 'port-taken';
  constructor(server: string, port: number) {
    super(`${server} can't listen on 127.0.0.1:${port}, it is taken: choose another port, or none.`);
  }
}
