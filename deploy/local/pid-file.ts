import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A process as we can recognise it later. A number alone is not enough: Linux gives it to somebody else.
 * `startTicks` is field 22 of /proc/PID/stat (proc_pid_stat(5)); `marker` must occur in its command line.
 */
export interface ProcessIdentity {
  pid: number;
  startTicks: string;
  marker: string;
}

/** Start time of a running process in clock ticks since boot; undefined when it is gone or only a zombie. */
export function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name in parentheses may hold spaces and parentheses itself: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    return state === 'Z' || state === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function identityOf(pid: number, marker: string): ProcessIdentity | undefined {
  const startTicks = startTicksOf(pid);
  return startTicks === undefined ? undefined : { pid, startTicks, marker };
}

/** Whether exactly this process still runs: same number, same start, and its command line names the marker. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (startTicksOf(identity.pid) !== identity.startTicks) return false;
  try {
    return readFileSync(`/proc/${identity.pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(identity.marker);
  } catch {
    return false;
  }
}

export function writePidFile(file: string, identity: ProcessIdentity): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(identity));
}

export function readPidFile(file: string): ProcessIdentity | undefined {
  try {
    const { pid, startTicks, marker } = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProcessIdentity>;
    if (typeof pid !== 'number' || typeof startTicks !== 'string' || typeof marker !== 'string') return undefined;
    return { pid, startTicks, marker };
  } catch {
    return undefined;
  }
}

/** Waits until the process is gone; false when it is still there after `timeoutMs`. */
export async function waitUntilGone(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (startTicksOf(identity.pid) === identity.startTicks) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}

/**
 * Ends what a killed predecessor left behind and removes the pid file. Never touches a process that merely
 * has the same number. Returns whether something had to be ended.
 */
export async function endLeftover(file: string, signal: 'SIGTERM' | 'SIGINT', graceMs = 5000): Promise<boolean> {
  const identity = readPidFile(file);
  const leftover = identity !== undefined && isAlive(identity);
  if (leftover) {
    signalQuietly(identity.pid, signal);
    if (!(await waitUntilGone(identity, graceMs))) {
      signalQuietly(identity.pid, 'SIGKILL');
      await waitUntilGone(identity, graceMs);
    }
  }
  rmSync(file, { force: true });
  return leftover;
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself between the look and the signal, which is what we wanted.
  }
}
