import { Socket } from 'node:net';
import type { ProbeAttempt, ProbeOutcome, Prober } from './probe.js';

const ROUTERS_ANSWER = ['EHOSTUNREACH', 'ENETUNREACH'];

/**
 * Opens TCP connections from this machine. The kernel repeats a SYN after a second, so with a shorter time-out an attempt
 * is one packet, and the answer belongs to the moment when it was sent.
 */
export class TcpProber implements Prober {
  private readonly sockets = new Set<Socket>();

  attempt({ from, to, timeoutMs }: ProbeAttempt): Promise<ProbeOutcome> {
    return new Promise((resolve) => {
      const socket = new Socket();
      this.sockets.add(socket);
      const end = (outcome: ProbeOutcome): void => {
        clearTimeout(timer);
        this.sockets.delete(socket);
        // A reset leaves no TIME_WAIT behind: the same two ports can be used again at once.
        if (outcome === 'open') socket.resetAndDestroy();
        else socket.destroy();
        resolve(outcome);
      };
      const timer = setTimeout(() => end('silent'), timeoutMs);
      socket.once('connect', () => end('open'));
      socket.once('error', (error: NodeJS.ErrnoException) => end(outcomeOf(error.code)));
      const local = from.port === 0 ? {} : { localPort: from.port };
      socket.connect({ host: to.address, port: to.port, localAddress: from.address, ...local });
    });
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return Promise.resolve();
  }
}

function outcomeOf(code: string | undefined): ProbeOutcome {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused';
  if (code === 'ETIMEDOUT') return 'silent';
  return code !== undefined && ROUTERS_ANSWER.includes(code) ? 'unreachable' : 'failed';
}
