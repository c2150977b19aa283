import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTicksOf } from './pid-file.js';
import { repositoryRoot } from './repository.js';
import { startServices, type Services } from './services.js';

const entry = join(repositoryRoot(), 'deploy/local/stand-ins/service.mjs');

describe('service supervision', () => {
  let stateDir: string;
  let services: Services | undefined;
  const log = () => undefined;

  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'lazaret-services-'));
  });
  afterEach(async () => {
    await services?.stop();
    services = undefined;
    rmSync(stateDir, { recursive: true, force: true });
  });

  it('waits until every service has logged that it is ready, and offers that line', async () => {
    const slow = { name: 'slow', env: { STAND_IN_READY_MS: '300' }, entry };
    services = await startServices({ services: [slow, { name: 'quick', env: {}, entry }], stateDir, log });
    expect(readFileSync(services.get('slow').logFile, 'utf8')).toContain('"msg":"ready"');
    await expect(services.get('quick').ready()).resolves.toMatchObject({ msg: 'ready', port: 1234 });
  });

  it('keeps the settings of Jest away from the services', async () => {
    services = await startServices({ services: [{ name: 'one', env: {}, entry }], stateDir, log });
    expect(process.env['NODE_ENV']).toBe('test');
    await expect(services.get('one').ready()).resolves.toMatchObject({ nodeEnv: null });
  });

  it('stops the others and shows the last output when one ends before it is ready', async () => {
    const pids: number[] = [];
    const broken = { name: 'broken', env: { STAND_IN_EXIT_CODE: '78', STAND_IN_READY_MS: '300' }, entry };
    const starting = startServices({
      services: [{ name: 'sound', env: {}, entry }, broken],
      stateDir,
      log,
    });
    pids.push(pidIn(stateDir, 'sound'), pidIn(stateDir, 'broken'));
    await expect(starting).rejects.toThrow(
      /^broken ended before it was ready \(exit code 78\)[^]*configuration invalid/,
    );
    expect(pids.map(startTicksOf)).toEqual([undefined, undefined]);
  });

  it('stops with SIGTERM and exit code 0, and with SIGKILL a service that does not listen', async () => {
    const deaf = { name: 'deaf', env: { STAND_IN_DEAF: '1' }, entry };
    services = await startServices({ services: [{ name: 'polite', env: {}, entry }, deaf], stateDir, log });
    const pid = services.get('deaf').pid;
    await expect(services.get('polite').stop()).resolves.toEqual({ code: 0, signal: null });
    await services.get('deaf').kill();
    expect(startTicksOf(pid)).toBeUndefined();
    await expect(services.get('polite').ready()).rejects.toThrow('polite does not run');
  });

  it('leaves a killed service down, until it is restarted, unless it is told to keep it running', async () => {
    services = await startServices({ services: [{ name: 'one', env: {}, entry }], stateDir, log });
    const one = services.get('one');
    const first = one.pid;
    await one.kill();
    await expect(one.ready()).rejects.toThrow('one does not run');
    await one.restart();
    expect(one.pid).not.toBe(first);
    expect(startTicksOf(one.pid)).toBeDefined();
  });

  it('starts a killed service again, each time, and tells who listens', async () => {
    services = await startServices({ services: [{ name: 'one', env: {}, entry }], stateDir, log, autoRestart: true });
    const one = services.get('one');
    const exits: unknown[] = [];
    one.onExit((exit) => exits.push(exit));
    const pids = [one.pid];
    for (const _time of [1, 2]) {
      await one.kill();
      await one.ready();
      pids.push(one.pid);
    }
    expect(new Set(pids).size).toBe(3);
    expect(exits).toEqual(pids.slice(0, 2).map((pid) => ({ name: 'one', pid, code: null, signal: 'SIGKILL' })));
    await one.stop();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(startTicksOf(one.pid)).toBeUndefined();
  });
});

function pidIn(stateDir: string, name: string): number {
  return (JSON.parse(readFileSync(join(stateDir, 'pids', name), 'utf8')) as { pid: number }).pid;
}
