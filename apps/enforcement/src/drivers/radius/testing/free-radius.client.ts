import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The lines that every FreeRADIUS configuration here begins with. */
const HEAD = `
prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = @FOLDER@
logdir = @FOLDER@
run_dir = @FOLDER@
pidfile = @FOLDER@/pid
name = radiusd
hostname_lookups = no
max_requests = 65536
security {
  max_attributes = 200
  reject_delay = 0
}
`;

/** A real FreeRADIUS of the test's own, in a folder of its own. */
export class FreeRadius {
  /** `configuration` without what all have in common; @FOLDER@ stands for the folder. */
  static async start(configuration: string, files: Record<string, string> = {}, netns?: string): Promise<FreeRadius> {
    const folder = await mkdtemp(join(tmpdir(), 'lzfr-'));
    const all = { ...files, 'radiusd.conf': `${HEAD}${configuration}` };
    for (const [name, text] of Object.entries(all)) {
      await writeFile(join(folder, name), text.replaceAll('@FOLDER@', folder), { mode: 0o640 });
    }
    const words = ['freeradius', '-f', '-d', folder, '-l', 'stdout'];
    const [program, ...args] = netns === undefined ? words : ['ip', 'netns', 'exec', netns, ...words];
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new FreeRadius(folder, child);
    await server.ready();
    return server;
  }

  private output = '';

  private constructor(
    readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async file(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8').catch(() => '');
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exit;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error(`FreeRADIUS did not start:\n${this.output}`));
      const timer = setTimeout(fail, 15_000);
      for (const stream of [this.child.stdout, this.child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          this.output = (this.output + text).slice(-20_000);
          if (!this.output.includes('Ready to process requests')) return;
          clearTimeout(timer);
          resolve();
        });
      }
      this.child.once('error', reject);
      this.child.once('exit', () => {
        clearTimeout(timer);
        fail();
      });
    });
  }
}
