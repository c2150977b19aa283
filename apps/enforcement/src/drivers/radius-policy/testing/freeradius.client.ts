import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freeUdpPort } from '../../testing/free-port.client.js';

const run = promisify(execFile);
const SHIPPED = new URL('../freeradius/', import.meta.url).pathname;
const SECRET = 'not-a-secret';

/** Attributes of a packet by their names, as radclient takes and prints them. */
export type Attributes = Record<string, string | number>;

export interface Reply {
  code: string;
  /** `Name = value` lines, sorted. */
  lines: string[];
  ms: number;
}

/**
 * A real FreeRADIUS of our own in the foreground, with the configuration that we ship in its place, and radclient as the
 * switch. Every device is accepted into VLAN 10 with the filter `home`.
 */
export class PrivateFreeradius {
  /** `endpoint`: the port where Lazaret is asked. */
  static async start(endpoint: number, token: string): Promise<PrivateFreeradius> {
    const own = new PrivateFreeradius(await mkdtemp(join(tmpdir(), 'lzr-')), await freeUdpPort(), await freeUdpPort());
    await own.configure(endpoint, token);
    await own.launch();
    return own;
  }

  private daemon!: ChildProcess;
  private output = '';

  private constructor(
    private readonly folder: string,
    private readonly authPort: number,
    private readonly acctPort: number,
  ) {}

  get handsFile(): string {
    return join(this.folder, 'mods-config/lazaret/hands');
  }

  get radmin(): string {
    return `radmin -f ${this.folder}/control.sock`;
  }

  /** An Access-Request for a device, as a switch at this port would send it. */
  authenticate(station: string, more: Attributes = {}): Promise<Reply> {
    return this.ask('auth', this.authPort, { 'Calling-Station-Id': station, ...more });
  }

  account(status: string, station: string | null, session: string, more: Attributes = {}): Promise<Reply> {
    const device: Attributes = station === null ? {} : { 'Calling-Station-Id': station };
    return this.ask('acct', this.acctPort, {
      'Acct-Status-Type': status,
      'Acct-Session-Id': session,
      ...device,
      ...more,
    });
  }

  async stop(): Promise<void> {
    if (this.daemon.exitCode === null) {
      this.daemon.kill('SIGTERM');
      await Promise.race([once(this.daemon, 'exit'), sleep(3000, undefined, { ref: false })]);
      this.daemon.kill('SIGKILL');
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async ask(what: 'auth' | 'acct', port: number, attributes: Attributes): Promise<Reply> {
    const packet = { 'User-Name': 'device', 'NAS-IP-Address': '10.99.0.2', 'NAS-Port-Id': 'Gi1/0/7', ...attributes };
    const text = Object.entries(packet).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
    const begin = performance.now();
    const asked = run('radclient', ['-x', '-r', '1', '-t', '3', `127.0.0.1:${port}`, what, SECRET]);
    asked.child.stdin?.end(`${text.join('\n')}\n`);
    const { stdout } = await asked.catch((error: { stdout: string }) => ({ stdout: error.stdout }));
    const [, code = 'nothing', body = ''] = /Received (\S+) Id[^\n]*\n?([^]*)/.exec(stdout) ?? [];
    const lines = body.split('\n').flatMap((line) => (line.startsWith('\t') ? [line.trim()] : []));
    return { code, lines: lines.sort(), ms: performance.now() - begin };
  }

  private async configure(endpoint: number, token: string): Promise<void> {
    await cp(`${SHIPPED}mods-config`, join(this.folder, 'mods-config'), { recursive: true });
    await cp(`${SHIPPED}policy.d`, join(this.folder, 'policy.d'), { recursive: true });
    await cp(`${SHIPPED}mods-available`, join(this.folder, 'mods-enabled'), { recursive: true });
    await mkdir(join(this.folder, 'certs'));
    const site = join(this.folder, 'mods-config/lazaret/site.conf');
    const text = (await readFile(site, 'utf8')).replace('put the token here', token).replace('9810', `${endpoint}`);
    await writeFile(site, text);
    await writeFile(join(this.folder, 'users'), USERS);
    await writeFile(join(this.folder, 'radiusd.conf'), radiusdConf(this.folder, this.authPort, this.acctPort));
  }

  private async launch(): Promise<void> {
    this.daemon = spawn('freeradius', ['-f', '-d', this.folder, '-n', 'radiusd', '-l', 'stdout'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.daemon.stdout, this.daemon.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000)));
    }
    const deadline = performance.now() + 10_000;
    while (!this.output.includes('Ready to process requests')) {
      if (this.daemon.exitCode !== null || performance.now() > deadline) {
        await this.stop();
        throw new Error(`FreeRADIUS did not start: ${this.output}`);
      }
      await sleep(20);
    }
  }
}

const USERS = `DEFAULT Auth-Type := Accept
	Tunnel-Type:0 = VLAN, Tunnel-Medium-Type:0 = IEEE-802, Tunnel-Private-Group-Id:0 = "10", Filter-Id = "home", Class = "site"
`;

function radiusdConf(folder: string, authPort: number, acctPort: number): string {
  return `prefix = /usr
raddbdir = ${folder}
confdir = \${raddbdir}
modconfdir = \${confdir}/mods-config
certdir = \${confdir}/certs
logdir = ${folder}
run_dir = ${folder}
libdir = /usr/lib/freeradius
pidfile = \${run_dir}/radiusd.pid
max_request_time = 10
cleanup_delay = 1
security {
	max_attributes = 200
	reject_delay = 0
	status_server = yes
}
thread pool {
	start_servers = 2
	max_servers = 4
	min_spare_servers = 1
	max_spare_servers = 2
}
client switch {
	ipaddr = 127.0.0.1
	secret = ${SECRET}
}
modules {
	expr {
	}
	files {
		filename = \${raddbdir}/users
	}
	$INCLUDE mods-enabled/
}
policy {
	$INCLUDE policy.d/
}
server site {
	listen {
		type = auth
		ipaddr = 127.0.0.1
		port = ${authPort}
	}
	listen {
		type = acct
		ipaddr = 127.0.0.1
		port = ${acctPort}
	}
	authorize {
		files
	}
	post-auth {
		lazaret_policy
	}
	accounting {
		lazaret_accounting
	}
}
listen {
	type = control
	socket = \${run_dir}/control.sock
	mode = rw
}
`;
}
