import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftover, identityOf, isAlive, readPidFile, startTicksOf, writePidFile } from './pid-file.js';

describe('a pid file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-pid-'));
  const file = join(dir, 'pid');
  const sleeper = spawn('sleep', ['61.5'], { stdio: 'ignore' });
  const pid = sleeper.pid ?? 0;
  const ended = new Promise((resolve) => sleeper.once('exit', (_code, signal) => resolve(signal)));

  afterAll(() => {
    sleeper.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  it('reads back what was written, and nothing from a file that is no pid file', () => {
    writePidFile(file, { pid: 7, startTicks: '99', marker: 'x' });
    expect(readPidFile(file)).toEqual({ pid: 7, startTicks: '99', marker: 'x' });
    for (const content of ['', '4711', '{"pid":"4711"}', '{']) {
      writeFileSync(file, content);
      expect(readPidFile(file)).toBeUndefined();
    }
    expect(readPidFile(join(dir, 'absent'))).toBeUndefined();
  });

  it('does not take a process for the recorded one that started at another time or runs another command', () => {
    const self = identityOf(pid, 'sleep 61.5');
    expect(self && isAlive(self)).toBe(true);
    expect(isAlive({ pid, startTicks: '1', marker: 'sleep 61.5' })).toBe(false);
    expect(isAlive({ pid, startTicks: startTicksOf(pid) ?? '', marker: 'kafka.Kafka' })).toBe(false);
  });

  it('leaves a stranger with the recorded number alone, and removes the stale file', async () => {
    writePidFile(file, { pid, startTicks: '1', marker: 'sleep 61.5' });
    await expect(endLeftover(file, 'SIGTERM')).resolves.toBe(false);
    expect(startTicksOf(pid)).toBeDefined();
    expect(existsSync(file)).toBe(false);
  });

  it('ends exactly the recorded process', async () => {
    writePidFile(file, identityOf(pid, 'sleep 61.5')!);
    await expect(endLeftover(file, 'SIGTERM')).resolves.toBe(true);
    await expect(ended).resolves.toBe('SIGTERM');
    expect(startTicksOf(pid)).toBeUndefined();
  });
});
