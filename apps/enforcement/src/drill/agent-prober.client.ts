import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseAnswer, questionLine } from './agent-messages.js';
import type { ProbeAttempt, ProbeOutcome, Prober } from './probe.js';

/** What the agent may take beyond the attempt's own time-out. In ms. */
const AGENT_MS = 2000;

/** Has the attempts made by an agent in the network of the permitted peer. An agent that is not there gives `failed`. */
export class AgentProber implements Prober {
  private readonly waiting = new Map<number, (outcome: ProbeOutcome) => void>();
  private socket: Socket | undefined;
  private lastId = 0;

  /** `remote`: unix:/PATH. */
  constructor(private readonly remote: string) {}

  attempt(attempt: ProbeAttempt): Promise<ProbeOutcome> {
    return new Promise((resolve) => {
      const id = (this.lastId += 1);
      const timer = setTimeout(() => end('failed'), attempt.timeoutMs + AGENT_MS);
      const end = (outcome: ProbeOutcome): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(outcome);
      };
      this.waiting.set(id, end);
      this.open().write(questionLine(id, attempt));
    });
  }

  close(): Promise<void> {
    this.socket?.destroy();
    this.failAll();
    return Promise.resolve();
  }

  private open(): Socket {
    if (this.socket) return this.socket;
    const socket = connect({ path: this.remote.replace(/^unix:/, '') });
    this.socket = socket;
    const gone = (): void => {
      if (this.socket === socket) this.socket = undefined;
      this.failAll();
    };
    socket.on('error', gone).on('close', gone);
    // What reads lines passes the socket's faults on.
    const lines = createInterface({ input: socket }).on('error', gone);
    lines.on('line', (line) => {
      const answer = parseAnswer(line);
      if (answer) this.waiting.get(answer.id)?.(answer.outcome);
    });
    return socket;
  }

  private failAll(): void {
    for (const end of [...this.waiting.values()]) end('failed');
  }
}
