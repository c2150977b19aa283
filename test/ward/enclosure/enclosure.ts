/**
 * The enclosure: one process and mount namespace around everything of the ward, whose end is the end of all of it.
 *
 * `setpriv --pdeathsig KILL` ties it to this process, `unshare --kill-child` its first process to itself, and the kernel
 * kills the rest and takes down namespaces and links: also after SIGKILL of the parent. `flock` is held by whatever of
 * the ward still lives, so that a second ward can't start beside it and need not guess about pid files.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MANAGEMENT, namespaceOf, type HostName } from '../network.js';

const LOCK = '/run/lazaret-ward.lock';
const LOCKED = 75;
/** A killed ward needs some 15 ms to go; longer than this, it lives. */
const LOCK_WAIT_S = 3;
const START_LIMIT_MS = 20_000;

export interface Outcome {
  /** Exit status; −1 if it was killed. */
  code: number;
  stdout: string;
  stderr: string;
}

export class Enclosure {
  private constructor(
    private readonly keeper: ChildProcess,
    /** The ward's first process, as this process sees it. */
    readonly firstPid: number,
    /** Resolves when nothing of the ward is left, whoever ended it. */
    readonly ended: Promise<void>,
  ) {}

  /** Runs the script as the first process of a new enclosure and waits for its line `ready`. */
  static async open(scriptPath: string, dir: string): Promise<Enclosure> {
    const lock = ['--no-fork', '--wait', String(LOCK_WAIT_S), '--conflict-exit-code', String(LOCKED), LOCK];
    const tie = [
      'setpriv',
      '--pdeathsig',
      'KILL',
      'unshare',
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
    ];
    // In a process group of its own: Ctrl-C is this process's business, which then ends the ward in order.
    const how = { stdio: 'pipe', detached: true } as const;
    const keeper = spawn('flock', [...lock, ...tie, '/bin/bash', scriptPath], how);
    const ended = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
    keeper.stdin?.on('error', () => undefined);
    await untilReady(keeper);
    writeFileSync(LOCK, `process ${process.pid}, directory ${dir}\n`);
    return new Enclosure(keeper, childOf(keeper.pid ?? 0), ended);
  }

  /** Starts a program in a host's namespaces, in a process group of its own: end it with `end`. */
  start(host: HostName | undefined, words: string[], stdin: 'pipe' | 'ignore' = 'ignore'): ChildProcess {
    const [program = '', ...rest] = [...this.enter(host), ...words];
    return spawn(program, rest, { stdio: [stdin, 'pipe', 'pipe'], detached: true });
  }

  /** The words that, put before a command, run it in a host. */
  enter(host: HostName | undefined): string[] {
    const network = host ? ['ip', 'netns', 'exec', namespaceOf(host)] : [];
    return ['nsenter', '--target', String(this.firstPid), '--mount', '--pid', '--', ...network];
  }

  /** Signals a started program with all that it started. */
  end(child: ChildProcess, signal: NodeJS.Signals): void {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Gone in between.
    }
  }

  /** Runs a program to its end. */
  run(host: HostName | undefined, words: string[], timeoutMs = 15_000): Promise<Outcome> {
    const child = this.start(host, words);
    const timer = setTimeout(() => this.end(child, 'SIGKILL'), timeoutMs);
    return collect(child).finally(() => clearTimeout(timer));
  }

  /** As `run`, but anything else than exit status 0 is an error. */
  async must(host: HostName | undefined, words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(host, words);
    if (code !== 0) throw new Error(`${words[0] ?? ''} in ${host ?? 'the ward'} ended with ${code}: ${stderr.trim()}`);
    return stdout;
  }

  async close(): Promise<void> {
    this.keeper.stdin?.end();
    const killer = setTimeout(() => this.keeper.kill('SIGKILL'), 2000);
    await this.ended;
    clearTimeout(killer);
    for (let i = 0; i < 200 && existsSync(`/sys/class/net/${MANAGEMENT.hostLink}`); i += 1) await sleep(10);
  }
}

/** Runs a program outside of the ward (its switch is reached by Unix sockets). */
export function outside(words: string[], timeoutMs = 15_000): Promise<Outcome> {
  const [program = '', ...rest] = words;
  return collect(
    spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL' }),
  );
}

function collect(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

function untilReady(keeper: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    let complaint = '';
    const timer = setTimeout(() => keeper.kill('SIGKILL'), START_LIMIT_MS);
    const settle = (fault?: Error): void => {
      clearTimeout(timer);
      if (fault) reject(fault);
      else resolve();
    };
    keeper.stdout?.on('data', (data: Buffer) => {
      said += data.toString();
      if (/^ready$/m.test(said)) settle();
    });
    keeper.stderr?.on('data', (data: Buffer) => (complaint = (complaint + data.toString()).slice(-4000)));
    keeper.once('error', settle);
    keeper.once('close', (code) => {
      if (code === LOCKED) settle(new Error(`another ward runs on this machine (${holder()}): only one can`));
      else settle(new Error(`the ward did not start (exit ${code ?? 'by signal'}): ${complaint.trim()}`));
    });
  });
}

/** `unshare` has one child, the first process of the new namespace; its number there is 1 and tells nothing here. */
function childOf(parent: number): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // pid (name) state ppid: the name may hold anything, so look behind its last bracket.
      const [, ppid] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (Number(ppid) === parent) return Number(pid);
    } catch {
      // It ended while the list was read.
    }
  }
  throw new Error('the first process of the ward is gone');
}

function holder(): string {
  return existsSync(LOCK) ? readFileSync(LOCK, 'utf8').trim() : 'unknown';
}
