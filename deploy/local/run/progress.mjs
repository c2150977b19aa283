// What the person at the terminal sees while things are brought in place, and how it ends when one can't be.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const setupLog = join(root, '.lazaret/logs/setup.log');

/** Something is missing that we can't bring. The message is one sentence with the command that cures it. */
export class Unavailable extends Error {
  /** 69 is EX_UNAVAILABLE of sysexits.h. */
  constructor(message, exitCode = 69) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Says what is being done, does it, says how long it took. Two may go on at once, so the end names its step too. */
export async function step(title, work) {
  const startedAt = Date.now();
  say(`· ${title} …`);
  const result = await work();
  say(`  ${title}: done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

/**
 * Runs a command quietly: its output goes to .lazaret/logs/setup.log. Returns exit code and last lines.
 * On a terminal the latest line is shown while it runs.
 */
export function quietly(command, args, options = {}) {
  mkdirSync(dirname(setupLog), { recursive: true });
  appendFileSync(setupLog, `\n$ ${command} ${args.join(' ')}\n`);
  const lines = [];
  const take = (chunk) => {
    appendFileSync(setupLog, chunk);
    lines.push(
      ...String(chunk)
        .split('\n')
        .filter((line) => line.trim() !== ''),
    );
    lines.splice(0, lines.length - 20);
    const latest = lines.at(-1) ?? '';
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K    ${latest.slice(0, 100)}\r\u001b[2K`);
  };
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => resolve({ code: 127, tail: String(error) }));
    child.once('close', (code, signal) => resolve({ code: code ?? 1, signal, tail: lines.join('\n') }));
  });
}

export const setupLogName = '.lazaret/logs/setup.log';
