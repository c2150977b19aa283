import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { identityOf, readPidFile, writePidFile } from './pid-file.js';

const KEPT_LINES = 40;
const LOG_LIMIT_BYTES = 8 * 1024 * 1024;

export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface GuardedRequest {
  /** For messages: "Kafka", "discovery". */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Run as this user instead of root. */
  user?: { uid: number; gid: number };
  /** Asks for an orderly end. */
  stopSignal: 'SIGTERM' | 'SIGINT';
  /** What the kernel sends when our own process dies, even by SIGKILL. */
  deathSignal: 'SIGTERM' | 'SIGINT' | 'SIGKILL';
  /** A part of the command line that only this process has, see ProcessIdentity. */
  marker: string;
  pidFile: string;
  /** Output of all starts, appended; a file above 8 MiB is set aside as `.1` first. */
  logFile: string;
  isReady: (line: string) => boolean;
  readyTimeoutMs: number;
}

export interface GuardedProcess {
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  /** Rejects with StartFailed when it ends, or stays mute, before it said that it is ready. */
  readonly ready: Promise<void>;
  /** Orderly end; SIGKILL when it takes longer than `graceMs` (10 s). Resolves once it is gone. */
  stop(graceMs?: number): Promise<ExitStatus>;
  kill(): Promise<ExitStatus>;
}

/** The process ended, or stayed mute, before it said that it is ready. `output` holds its last lines. */
export class StartFailed extends Error {
  readonly code = 'start-failed';
  constructor(
    message: string,
    readonly output: string,
  ) {
    super(output === '' ? message : `${message}\n${output}`);
  }
}

/** `spawnGuarded`, and resolves once it has said that it is ready. One that fails to is ended. */
export async function startGuarded(request: GuardedRequest): Promise<GuardedProcess> {
  const started = spawnGuarded(request);
  await started.ready.catch(async (error: unknown) => {
    await started.kill();
    throw error;
  });
  return started;
}

/**
 * Starts a process that can't outlive ours.
 *
 * util-linux `setpriv` sets the parent death signal and then becomes the command, so the pid is the command's.
 * It sets it after the change of user, which would clear it (prctl(2), PR_SET_PDEATHSIG). The process leads a
 * group of its own: Ctrl-C reaches us only, and we end the others in order.
 */
export function spawnGuarded(request: GuardedRequest): GuardedProcess {
  const child = spawn('setpriv', guardArguments(request), {
    env: request.env,
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const identity = child.pid === undefined ? undefined : identityOf(child.pid, request.marker);
  if (identity !== undefined) writePidFile(request.pidFile, identity);
  void exited.then(() => forgetPid(request.pidFile, child.pid));
  const ready = readiness(child, exited, request);
  // Whoever awaits `ready` hears of it; nobody awaiting is no reason to end the process.
  ready.catch(() => undefined);
  return { pid: child.pid ?? 0, exited, ready, ...endings(child, exited, request) };
}

/** The next start may already have written its own. */
function forgetPid(file: string, pid: number | undefined): void {
  if (readPidFile(file)?.pid === pid) rmSync(file, { force: true });
}

function guardArguments({ user, deathSignal, command, args }: GuardedRequest): string[] {
  const identity = user === undefined ? [] : ['--reuid', `${user.uid}`, '--regid', `${user.gid}`, '--clear-groups'];
  return [...identity, '--pdeathsig', deathSignal.slice('SIG'.length), '--', command, ...args];
}

function endings(child: ChildProcess, exited: Promise<ExitStatus>, { stopSignal }: GuardedRequest) {
  return {
    stop: async (graceMs = 10_000) => {
      child.kill(stopSignal);
      const impatience = setTimeout(() => child.kill('SIGKILL'), graceMs);
      const status = await exited;
      clearTimeout(impatience);
      return status;
    },
    kill: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
}

function readiness(child: ChildProcess, exited: Promise<ExitStatus>, request: GuardedRequest): Promise<void> {
  const log = openLog(request.logFile);
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new StartFailed(`${request.name} ${what}`, lines.join('\n')));
    const timer = setTimeout(() => fail(`was not ready after ${request.readyTimeoutMs} ms`), request.readyTimeoutMs);
    const take = (line: string) => {
      log.write(line);
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      if (request.isReady(line)) {
        clearTimeout(timer);
        resolve();
      }
    };
    const ends = [child.stdout, child.stderr].map((stream) => readLines(stream, take));
    child.once('error', (error) => lines.push(String(error)));
    void exited.then(async ({ code, signal }) => {
      // The last lines may still be in the pipe, but a grandchild that holds it open must not hold us.
      await Promise.race([Promise.all(ends), new Promise((done) => setTimeout(done, 500).unref())]);
      clearTimeout(timer);
      log.close();
      fail(`ended before it was ready (${signal ?? `exit code ${code}`})`);
    });
  });
}

function readLines(stream: Readable | null, take: (line: string) => void): Promise<void> {
  if (stream === null) return Promise.resolve();
  const reader = createInterface({ input: stream });
  reader.on('line', take);
  return new Promise((resolve) => reader.once('close', resolve));
}

/** Written at once, so that whoever was told of a line finds it in the file. */
function openLog(file: string): { write: (line: string) => void; close: () => void } {
  mkdirSync(dirname(file), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  let descriptor: number | undefined = openSync(file, 'a');
  return {
    write: (line) => {
      if (descriptor !== undefined) writeSync(descriptor, `${line}\n`);
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
