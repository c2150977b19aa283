import { spawn, type ChildProcess } from 'node:child_process';

/** A program of somebody else, or an example of ours, as a process of its own; its output is kept. Ended with its children. */
export class Program {
  private text = '';
  private readonly child: ChildProcess;

  constructor(command: string, args: readonly string[], { env = {}, cwd }: { env?: NodeJS.ProcessEnv; cwd?: string }) {
    this.child = spawn(command, args, { env: { PATH: process.env['PATH'], ...env }, cwd, detached: true });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
    }
  }

  get output(): string {
    return this.text;
  }

  /** What a pattern finds in the output, once it does. */
  async says(pattern: RegExp, ms = 20_000): Promise<RegExpExecArray> {
    for (const end = Date.now() + ms; Date.now() < end;) {
      const found = pattern.exec(this.text);
      if (found) return found;
      if (this.child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`it did not say ${pattern}, but:\n${this.text.slice(-3000)}`);
  }

  async stop(): Promise<void> {
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    // Its own process group, which `detached` made: it and the processes that it has started.
    process.kill(-pid, 'SIGTERM');
    const force = setTimeout(() => process.kill(-pid, 'SIGKILL'), 3000);
    await ended;
    clearTimeout(force);
  }
}
