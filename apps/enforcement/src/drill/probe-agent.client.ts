import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { LONGEST_LINE, parseQuestion, type AgentAnswer } from './agent-messages.js';
import type { Prober } from './probe.js';
import { TcpProber } from './tcp-prober.client.js';

export interface ProbeAgentOptions {
  /** Path of the Unix socket: whoever may write there may have attempts made. */
  socket: string;
  /** The test devices. Nobody else is ever connected to. */
  only: readonly string[];
  /** Who makes the attempts; by default this machine's TCP. */
  prober?: Prober;
}

/**
 * Makes a drill's attempts in a network that enforcement is not in. It opens connections to test devices and sends nothing
 * over them; it holds no credential and listens on a file of this machine only.
 */
export class ProbeAgent {
  private readonly clients = new Set<Socket>();

  private constructor(
    private readonly only: readonly string[],
    private readonly prober: Prober,
    private readonly server: Server,
  ) {}

  static async listen({ socket, only, prober = new TcpProber() }: ProbeAgentOptions): Promise<ProbeAgent> {
    await rm(socket, { force: true });
    const server = createServer();
    const agent = new ProbeAgent(only, prober, server);
    server.on('connection', (client) => agent.serve(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ path: socket, readableAll: false, writableAll: false }, resolve);
    });
    return agent;
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await this.prober.close();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(client: Socket): void {
    this.clients.add(client);
    client.on('close', () => this.clients.delete(client)).on('error', () => client.destroy());
    const lines = createInterface({ input: client }).on('error', () => client.destroy());
    lines.on('line', (line) => {
      if (line.length > LONGEST_LINE) client.destroy();
      else void this.answer(client, line);
    });
  }

  private async answer(client: Socket, line: string): Promise<void> {
    const question = parseQuestion(line);
    if (!question) {
      client.destroy();
      return;
    }
    const { id, ...attempt } = question;
    const outcome = this.only.includes(attempt.to.address) ? await this.prober.attempt(attempt) : 'failed';
    const answer: AgentAnswer = { id, outcome };
    if (client.writable) client.write(`${JSON.stringify(answer)}\n`);
  }
}
