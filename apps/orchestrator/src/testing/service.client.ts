import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';

/** The service as a process of its own, from dist/. Killed and started again at will; its log is kept. */
export class ServiceProcess {
  readonly log: Record<string, unknown>[] = [];
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'lazaret-orchestrator-'));

  constructor(
    private readonly databaseUrl: string,
    private readonly policy: object,
  ) {}

  /** Starts it and waits until it says `ready`. */
  async start(): Promise<void> {
    const policyFile = join(this.folder, 'policy.yaml');
    const config = join(this.folder, 'orchestrator.yaml');
    writeFileSync(policyFile, stringify(this.policy));
    const http = { host: '127.0.0.1', port: 0 };
    const undoDirectory = join(this.folder, 'undo');
    writeFileSync(config, stringify({ http, publicUrl: 'http://127.0.0.1', site: 'north', policyFile, undoDirectory }));
    const env = { ...process.env, NODE_ENV: 'production', LAZARET_CONFIG: config, DATABASE_URL: this.databaseUrl };
    const child = spawn(process.execPath, ['dist/apps/orchestrator/src/main.js'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${JSON.stringify(this.log.slice(-3))}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const entry = JSON.parse(line) as Record<string, unknown>;
        this.log.push(entry);
        if (entry['msg'] === 'ready') resolve();
      });
    });
  }

  /** Where it listens, as its log says. */
  get url(): string {
    const ready = this.log.filter(({ msg }) => msg === 'ready').at(-1);
    return String(ready?.['url']);
  }

  /** SIGKILL, as a crash of the machine would. */
  kill(): Promise<number | null> {
    return this.end('SIGKILL');
  }

  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return ended;
  }
}
