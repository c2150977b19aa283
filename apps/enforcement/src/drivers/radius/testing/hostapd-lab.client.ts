import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SessionReading } from '#driver';
import { FreeRadius } from './free-radius.client.js';
import { HOSTAPD, SERVER, SUPPLICANT } from './hostapd-configs.js';
import { TestFolder } from './secret.client.js';

const run = promisify(execFile);
/**
 * A real 802.1X session: hostapd as the switch and wpa_supplicant as the device, each in a network namespace of its own,
 * and FreeRADIUS between us and the switch. One part is ours: a switch's port asks the device again when its session
 * has ended (`readmit`), since neither hostapd's wired driver nor a wired supplicant does.
 */
export class HostapdLab {
  static readonly mac = '02:00:00:00:aa:01';

  static async start(secret: string): Promise<HostapdLab> {
    const folder = await TestFolder.make(secret);
    const lab = new HostapdLab(folder, secret, randomInt(1, 250));
    try {
      await lab.layCables();
      await lab.startPeers();
    } catch (error) {
      await lab.stop();
      throw error;
    }
    return lab;
  }

  private server: FreeRadius | null = null;
  private readonly children: ChildProcess[] = [];
  private readonly tag = `${process.pid}`;

  private constructor(
    private readonly folder: TestFolder,
    private readonly secret: string,
    private readonly net: number,
  ) {}

  get secretFile(): string {
    return this.folder.secretFile;
  }

  /** Our own address, and the proxy's. */
  get address(): string {
    return `10.98.${this.net}.1`;
  }

  get nas(): string {
    return `10.98.${this.net}.2`;
  }

  async writeSecret(name: string, secret: string): Promise<string> {
    return this.folder.write(name, secret);
  }

  /** What the RADIUS server says from the device's next authentication on. */
  async assign(vlan: number): Promise<void> {
    await this.server?.write('vlan', String(vlan));
  }

  /** The session as hostapd itself has it. */
  async session(): Promise<SessionReading | null> {
    const text = await this.cli('sta', HostapdLab.mac);
    const value = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];
    const sessionId = value('dot1xAuthSessionId');
    if (!/^flags=.*\[AUTHORIZED\]/m.test(text) || sessionId === undefined) return null;
    const vlan = Number(value('vlan_id') ?? NaN) || null;
    const common = { mac: HostapdLab.mac, sessionId, switch: null, port: 'p1', vlan, policy: null, startedAt: null };
    return { ...common, state: 'authorized', authorizedBy: 'server', isolated: vlan === 66 };
  }

  /** Waits until hostapd has let go of the ended session, and asks the device again. */
  async readmit(): Promise<SessionReading> {
    for (let tries = 0; tries < 100; tries++) {
      if (!/^flags=/m.test(await this.cli('sta', HostapdLab.mac))) break;
      await sleep(100);
    }
    await this.cli('new_sta', HostapdLab.mac);
    for (let tries = 0; tries < 100; tries++) {
      const session = await this.session();
      if (session) return session;
      await sleep(50);
    }
    throw new Error('the device did not authenticate');
  }

  async stop(): Promise<void> {
    for (const child of this.children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
    await this.server?.stop();
    for (const name of ['sw', 'st']) await ip('netns', 'del', this.space(name)).catch(() => undefined);
    await this.folder.remove();
  }

  private space(name: string): string {
    return `lzr-${this.tag}-${name}`;
  }

  private async layCables(): Promise<void> {
    const [sw, st] = [this.space('sw'), this.space('st')];
    const ours = `lzr${this.tag}`.slice(0, 15);
    for (const space of [sw, st]) await ip('netns', 'add', space);
    await ip('link', 'add', 'p1', 'netns', sw, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', st);
    await ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', 'mgmt', 'netns', sw);
    // What the VLANs of hostapd's file are called must be there beforehand.
    for (const vlan of [10, 66])
      await ip('-n', sw, 'link', 'add', `v${vlan}`, 'type', 'veth', 'peer', 'name', `v${vlan}x`);
    await ip('addr', 'add', `${this.address}/30`, 'dev', ours);
    await ip('-n', sw, 'addr', 'add', `${this.nas}/30`, 'dev', 'mgmt');
    await ip('-n', st, 'link', 'set', 'eth0', 'address', HostapdLab.mac);
    for (const words of [[ours], ['mgmt', sw], ['p1', sw], ['eth0', st], ['lo', sw]]) {
      const [device = '', space] = words;
      await ip(...(space === undefined ? [] : ['-n', space]), 'link', 'set', device, 'up');
    }
  }

  private async startPeers(): Promise<void> {
    const { path } = this.folder;
    await this.folder.write('vlans', '10 v10\n66 v66\n');
    const hostapd = await this.folder.write('hostapd.conf', HOSTAPD(path, this.address, this.nas, this.secret));
    const supplicant = await this.folder.write('wpa.conf', SUPPLICANT(path));
    this.server = await FreeRadius.start(SERVER(this.address, this.nas, this.secret), { vlan: '10' });
    this.spawnIn('sw', 'hostapd', hostapd);
    await until('hostapd', async () => (await this.cli('status')).includes('state=ENABLED'));
    this.spawnIn('st', 'wpa_supplicant', '-D', 'wired', '-i', 'eth0', '-c', supplicant);
    await sleep(300);
    await this.cli('new_sta', HostapdLab.mac);
    await until('the device', async () => (await this.session()) !== null);
  }

  private spawnIn(space: string, ...words: string[]): void {
    this.children.push(spawn('ip', ['netns', 'exec', this.space(space), ...words], { stdio: 'ignore' }));
  }

  private async cli(...words: string[]): Promise<string> {
    const control = ['-p', join(this.folder.path, 'hostapd'), '-i', 'p1'];
    const { stdout } = await run('hostapd_cli', [...control, ...words]).catch(() => ({ stdout: '' }));
    return stdout;
  }
}

async function ip(...words: string[]): Promise<void> {
  await run('ip', words);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error(`${what} did not get ready`);
}
