import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SnmpConnection } from '../config.js';
import { SnmpClient } from '../snmp.client.js';
import { SYS_UP_TIME } from '../wire/oids.js';
import { recordingPath } from './recording.client.js';
import { freeUdpPort } from '../../testing/free-port.client.js';

const PROGRAM = fileURLToPath(
  new URL('../../../../../../.lazaret/python/bin/snmpsim-command-responder', import.meta.url),
);
export const snmpsimPresent = existsSync(PROGRAM);

const USER = { name: 'lz', auth: 'authpass256', priv: 'privpass256' };

/** snmpsim, an agent that others wrote, answering from recordings: the community or the context is the recording's name. */
export class Snmpsim {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  static async start(recordings: readonly string[]): Promise<Snmpsim> {
    const folder = await mkdtemp(join(tmpdir(), 'lzs-'));
    for (const name of recordings) await copyFile(recordingPath(name), join(folder, `${name}.snmprec`));
    for (const name of recordings) await writeFile(join(folder, `${name}.community`), name);
    await writeFile(join(folder, 'auth'), USER.auth);
    await writeFile(join(folder, 'priv'), USER.priv);
    const port = await freeUdpPort();
    const words = [
      ...['--v3-engine-id=80004fb805aabbccdd', `--v3-user=${USER.name}`],
      ...[`--v3-auth-key=${USER.auth}`, '--v3-auth-proto=SHA256', `--v3-priv-key=${USER.priv}`, '--v3-priv-proto=AES'],
      ...[`--data-dir=${folder}`, `--cache-dir=${join(folder, 'cache')}`, `--agent-udpv4-endpoint=127.0.0.1:${port}`],
      ...['--process-user=root', '--process-group=root', '--log-level=error'],
    ];
    const child = spawn(PROGRAM, words, { stdio: 'ignore' });
    const own = new Snmpsim(folder, port, child);
    try {
      await own.untilItAnswers(recordings[0]!);
    } catch (error) {
      await own.stop();
      throw error;
    }
    return own;
  }

  /** A connection to the switch of a recording. */
  connection(name: string, timeoutMs = 3000): SnmpConnection {
    return {
      version: 'v2c',
      host: '127.0.0.1',
      port: this.port,
      communityFile: join(this.folder, `${name}.community`),
      timeoutMs,
    };
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const closed = once(this.child, 'close');
      this.child.kill('SIGKILL');
      await closed;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async untilItAnswers(name: string): Promise<void> {
    const client = new SnmpClient(this.connection(name, 200));
    try {
      for (let tries = 0; tries < 40; tries++) {
        const answered = await client.get([SYS_UP_TIME]).catch(() => null);
        if (answered) return;
        if (this.child.exitCode !== null) throw new Error('snmpsim did not start');
        await sleep(100);
      }
      throw new Error('snmpsim does not answer');
    } finally {
      client.close();
    }
  }
}
