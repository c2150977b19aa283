import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SnmpConnection } from '../config.js';
import { freeUdpPort } from '../../testing/free-port.client.js';

const run = promisify(execFile);
const PROGRAM = '/usr/sbin/snmpd';
export const snmpdPresent = existsSync(PROGRAM);
const AGENT = fileURLToPath(new URL('./switch-agent.py', import.meta.url));
/** Only what a switch's agent needs: the host's own interfaces stay out of it. */
const MODULES = 'pass,pass_persist,vacm_conf,vacm_vars,usmConf,usmUser,usmStats,snmpEngine,system_mib,proxy';
/** Subtrees that the agent answers for, each by a process of its own. */
const SUBTREES = { bridge: '.1.3.6.1.2.1', vendor: '.1.3.6.1.4.1' };

export const COMMUNITY = 'rw-secret-community';
type Algorithms = Pick<Extract<SnmpConnection, { version: 'v3' }>, 'authentication' | 'privacy'>;
/** Users of the agent, by what they are protected with. */
export const USERS: Record<string, Algorithms> = {
  sha1aes: { authentication: 'sha', privacy: 'aes128' },
  sha1aes256b: { authentication: 'sha', privacy: 'aes256b' },
  sha1aes256r: { authentication: 'sha', privacy: 'aes256r' },
  sha224aes: { authentication: 'sha224', privacy: 'aes128' },
  sha256aes: { authentication: 'sha256', privacy: 'aes128' },
  sha384aes256: { authentication: 'sha384', privacy: 'aes256b' },
  sha512aes256: { authentication: 'sha512', privacy: 'aes256r' },
};
export const AUTH_KEY = 'auth-secret-pass';
export const PRIV_KEY = 'priv-secret-pass';
const snmpdWords = { sha: 'SHA', sha224: 'SHA-224', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };
const snmpdPrivacy = { aes128: 'AES', aes256b: 'AES-256', aes256r: 'AES-256-C' };

export type AgentMode = 'ok' | 'refuse' | 'refuse-pvid' | 'ignore' | 'lose';

/** A real snmpd of our own with a stand-in of a switch behind it, and Net-SNMP's tools to look at it. */
export class Snmpd {
  private child!: ChildProcess;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** `contexts`: agents that answer for the bridge tables of a VLAN, as Cisco keeps them: behind `community@VLAN`. */
  static async start(seed: readonly string[], contexts: Record<number, Snmpd> = {}): Promise<Snmpd> {
    const own = new Snmpd(await mkdtemp(join(tmpdir(), 'lzn-')), await freeUdpPort());
    await writeFile(own.path('seed'), seed.join('\n'));
    await writeFile(own.path('control'), 'ok');
    await writeFile(own.path('control.log'), '');
    await writeFile(own.path('community'), COMMUNITY);
    await writeFile(own.path('auth'), AUTH_KEY);
    await writeFile(own.path('priv'), PRIV_KEY);
    const users = Object.entries(USERS).map(
      ([name, { authentication, privacy }]) =>
        `createUser ${name} ${snmpdWords[authentication]} "${AUTH_KEY}" ${snmpdPrivacy[privacy]} "${PRIV_KEY}"\nrwuser ${name} priv`,
    );
    const passed = Object.entries(SUBTREES).map(
      ([name, oid]) =>
        `pass_persist ${oid} /usr/bin/python3 ${AGENT} ${own.path('seed')} ${own.path('control')} ${name}`,
    );
    const lines = [
      `agentaddress udp:127.0.0.1:${own.port}`,
      `rwcommunity ${COMMUNITY} 127.0.0.1`,
      ...users,
      ...passed,
      ...contextLines(contexts),
    ];
    await writeFile(own.path('snmpd.conf'), lines.join('\n') + '\n');
    await own.launch();
    return own;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  v2c(port = this.port, timeoutMs = 300): SnmpConnection {
    return { version: 'v2c', host: '127.0.0.1', port, communityFile: this.path('community'), timeoutMs };
  }

  v3(user: string, port = this.port, timeoutMs = 300): SnmpConnection {
    const files = { authenticationFile: this.path('auth'), privacyFile: this.path('priv') };
    return { version: 'v3', host: '127.0.0.1', port, user, ...USERS[user]!, ...files, timeoutMs };
  }

  mode(mode: AgentMode): Promise<void> {
    return writeFile(this.path('control'), mode);
  }

  /** What a person at the switch sets, as lines of a seed. */
  async hands(subtree: keyof typeof SUBTREES, lines: readonly string[]): Promise<void> {
    await writeFile(this.path('next'), lines.join('\n'));
    await rename(this.path('next'), this.path(`control.${subtree}.hands`));
  }

  /** Changes that have reached the agent, each as OID and value. */
  async writes(): Promise<string[]> {
    return (await readFile(this.path('control.log'), 'utf8')).split('\n').filter((line) => line !== '');
  }

  forgetWrites(): Promise<void> {
    return writeFile(this.path('control.log'), '');
  }

  /** By `snmpbulkwalk`: every object under the OID, and its value in hex where it is octets. */
  async walk(oid: string): Promise<Map<string, string>> {
    const { stdout } = await this.tool('snmpbulkwalk', ['-Onqx', `127.0.0.1:${this.port}`, oid]);
    const lines = stdout.split('\n').filter((line) => line.startsWith('.'));
    return new Map(
      lines.map((line) => [line.slice(1, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1).replace(/["\s]/g, '')]),
    );
  }

  /** Lines for one shell, as a person pastes them. */
  async shell(commands: readonly string[]): Promise<string> {
    const { stdout } = await run('sh', ['-c', commands.join('\n')], { env: this.environment(), timeout: 20_000 });
    return stdout;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.launch();
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  tool(program: string, words: readonly string[]): Promise<{ stdout: string }> {
    const all = ['-m', '', '-t', '2', '-r', '1', '-v2c', '-c', COMMUNITY, ...words];
    return run(program, all, { env: this.environment(), timeout: 20_000 });
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, SNMP_PERSISTENT_DIR: this.path('tools'), SNMPCONFPATH: this.folder };
  }

  private async launch(): Promise<void> {
    const words = ['-f', '-Lf', this.path('snmpd.log'), '-I', MODULES];
    this.child = spawn(PROGRAM, words, {
      stdio: 'ignore',
      // Its configuration, and what it remembers over a restart, are in our own folder only.
      env: {
        ...process.env,
        SNMPCONFPATH: `${this.folder}:${this.path('persistent')}`,
        SNMP_PERSISTENT_DIR: this.path('persistent'),
        MIBS: '',
      },
    });
    for (let tries = 0; tries < 60; tries++) {
      const answer = await this.tool('snmpget', ['-Oqv', `127.0.0.1:${this.port}`, '1.3.6.1.2.1.17.1.4.1.2.1']).catch(
        () => null,
      );
      if (answer) return;
      if (this.child.exitCode !== null) break;
      await sleep(50);
    }
    const log = await readFile(this.path('snmpd.log'), 'utf8').catch(() => '');
    await this.stop();
    throw new Error(`snmpd does not answer: ${log}`);
  }

  private async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 3000);
    await closed;
    clearTimeout(late);
  }
}

function contextLines(contexts: Record<number, Snmpd>): string[] {
  return Object.entries(contexts).flatMap(([vlan, { port }]) => [
    `com2sec -Cn vlan-${vlan} in${vlan} 127.0.0.1 ${COMMUNITY}@${vlan}`,
    `group group${vlan} v2c in${vlan}`,
    `view whole${vlan} included .1`,
    `access group${vlan} vlan-${vlan} v2c noauth exact whole${vlan} none none`,
    `proxy -Cn vlan-${vlan} -v2c -c ${COMMUNITY} 127.0.0.1:${port} .1.3.6.1.2.1.17`,
  ]);
}
