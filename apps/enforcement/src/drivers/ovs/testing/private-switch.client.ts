import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VSWITCHD = '/usr/lib/openvswitch-switch/ovs-vswitchd';
const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';

/** A port of the switch: an Ethernet whose frames go to a file and come from a command, so no privilege is needed. */
export interface DummyPort {
  name: string;
  tag: number;
  ofport: number;
}

/**
 * A real Open vSwitch of our own, with its own database and directories: the same userspace datapath as elsewhere, on
 * ports of type `dummy`. Its tools, which we did not write, are the independent observer.
 */
export class PrivateSwitch {
  static async start(bridge: string, ports: readonly DummyPort[]): Promise<PrivateSwitch> {
    const folder = await mkdtemp(join(tmpdir(), 'lzd-'));
    const own = new PrivateSwitch(folder, bridge);
    await mkdir(own.path('etc'));
    await run('ovsdb-tool', ['create', own.path('conf.db'), SCHEMA]);
    await own.launchDatabase();
    await own.vsctl('--no-wait', 'init');
    await own.launchSwitch();
    await own.vsctl(...bridgeWords(bridge), ...ports.flatMap((port) => own.portWords(port)));
    return own;
  }

  private database!: ChildProcess;
  private daemon!: ChildProcess;
  private readonly helpers: ChildProcess[] = [];

  private constructor(
    private readonly folder: string,
    private readonly bridge: string,
  ) {}

  path(name: string): string {
    return join(this.folder, name);
  }

  get databaseSocket(): string {
    return this.path('db.sock');
  }

  get openflowSocket(): string {
    return this.path(`${this.bridge}.mgmt`);
  }

  vsctl(...words: string[]): Promise<string> {
    return this.run('ovs-vsctl', `--db=unix:${this.databaseSocket}`, '--timeout=10', ...words);
  }

  /** `words` without the bridge, which comes second. */
  ofctl(command: string, ...words: string[]): Promise<string> {
    return this.run(
      'ovs-ofctl',
      '-O',
      'OpenFlow14',
      '--names',
      '--timeout=10',
      command,
      `unix:${this.openflowSocket}`,
      ...words,
    );
  }

  async run(program: string, ...words: string[]): Promise<string> {
    const { stdout } = await run(program, words, { env: this.environment() });
    return stdout;
  }

  /** A tool that runs until the switch is stopped; `line` hears what it says on either output. */
  follow(program: string, words: string[], line: (text: string) => void): void {
    const child = spawn(program, words, { env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.helpers.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop()!;
        lines.forEach(line);
      });
    }
  }

  /** Puts a frame in at a port. */
  async receive(port: string, frame: Buffer): Promise<void> {
    await this.run('ovs-appctl', '-t', this.path('vswitchd.ctl'), 'netdev-dummy/receive', port, frame.toString('hex'));
  }

  /** Whether a frame with this marker has come out of a port. */
  async sent(port: string, marker: string): Promise<boolean> {
    return (await readFile(this.path(`${port}.pcap`))).includes(marker);
  }

  /** As after a power cut: flows are gone, the configuration is not. */
  async restart(): Promise<void> {
    await killed(this.daemon);
    await this.launchSwitch();
    await this.vsctl('get', 'bridge', this.bridge, 'datapath_id');
  }

  /** The switch's process stands still; its database answers on. */
  pause(): void {
    this.daemon.kill('SIGSTOP');
  }

  resume(): void {
    this.daemon.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.helpers, this.daemon, this.database].map(killed));
    await rm(this.folder, { recursive: true, force: true });
  }

  private async launchDatabase(): Promise<void> {
    const own = [`--remote=punix:${this.databaseSocket}`, `--unixctl=${this.path('ovsdb.ctl')}`];
    this.database = spawn(
      'ovsdb-server',
      [this.path('conf.db'), ...own, '-vconsole:off', '--no-chdir'],
      this.options(),
    );
    await answers(() => this.run('ovs-appctl', '-t', this.path('ovsdb.ctl'), 'version'), 'ovsdb-server');
  }

  private async launchSwitch(): Promise<void> {
    const own = [`unix:${this.databaseSocket}`, `--unixctl=${this.path('vswitchd.ctl')}`, '--enable-dummy'];
    this.daemon = spawn(VSWITCHD, [...own, '-vconsole:off', '--no-chdir'], this.options());
    await answers(() => this.run('ovs-appctl', '-t', this.path('vswitchd.ctl'), 'version'), 'ovs-vswitchd');
  }

  private portWords({ name, tag, ofport }: DummyPort): string[] {
    const capture = `options:tx_pcap=${this.path(`${name}.pcap`)}`;
    return [
      ...['--', 'add-port', this.bridge, name, `tag=${tag}`],
      ...['--', 'set', 'interface', name, 'type=dummy', `ofport_request=${ofport}`, capture],
      ...['--', 'set', 'port', name, 'external_ids:room=MR-3'],
    ];
  }

  private options(): { env: NodeJS.ProcessEnv; stdio: 'ignore' } {
    return { env: this.environment(), stdio: 'ignore' };
  }

  private environment(): NodeJS.ProcessEnv {
    const own = {
      OVS_RUNDIR: this.folder,
      OVS_LOGDIR: this.folder,
      OVS_DBDIR: this.folder,
      OVS_SYSCONFDIR: this.path('etc'),
    };
    return { PATH: `${process.env['PATH']}:/usr/sbin`, ...own };
  }
}

function bridgeWords(bridge: string): string[] {
  const protocols = 'protocols=OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15';
  return [
    ...['--', 'add-br', bridge],
    ...['--', 'set', 'bridge', bridge, 'datapath_type=dummy', 'fail_mode=standalone', protocols],
  ];
}

async function answers(ask: () => Promise<unknown>, who: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const answered = await ask().then(
      () => true,
      () => false,
    );
    if (answered) return;
    await sleep(10);
  }
  throw new Error(`${who} did not start`);
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
