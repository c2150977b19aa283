// Runs a program of ours in the foreground, as if it were this process.
import { spawn } from 'node:child_process';
import { root } from './progress.mjs';

/** 128 + number of the signal, as a shell reports it. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/**
 * Resolves with its exit code. It gets our terminal, or writes to the file descriptor `output`; Ctrl-C reaches it from there and signals sent to us are
 * passed on. When we are killed, or npm above us, it is asked to end.
 */
export function handOver(script, args, { nodeFlags = [], env = process.env, output } = {}) {
  const command = ['--pdeathsig', 'TERM', '--', process.execPath, ...nodeFlags, script, ...args];
  const stdio = output === undefined ? 'inherit' : ['ignore', output, output];
  const child = spawn('setpriv', command, { cwd: root, stdio, env });
  // The terminal sends Ctrl-C to both of us: it decides, we wait.
  const ignore = () => undefined;
  const passOn = (signal) => child.kill(signal);
  process.on('SIGINT', ignore).on('SIGTERM', passOn).on('SIGHUP', passOn);
  const watch = watchParent(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      process.off('SIGINT', ignore).off('SIGTERM', passOn).off('SIGHUP', passOn);
      resolve(code ?? 128 + (SIGNALS[signal] ?? 0));
    });
  });
}

/** npm that was killed can't tell us; without it, nobody waits for the result. */
function watchParent(onGone) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  return setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, 1000);
}
