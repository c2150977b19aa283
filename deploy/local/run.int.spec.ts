import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startTicksOf } from './pid-file.js';
import { isOpenToOthers } from './postgres-binaries.js';
import { repositoryRoot } from './repository.js';

const root = repositoryRoot();
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

function run(
  args: string[],
  cwd = root,
  options: { uid?: number; env?: NodeJS.ProcessEnv } = {},
): SpawnSyncReturns<string> {
  const env = { ...process.env, ...options.env };
  return spawnSync(process.execPath, ['deploy/local/run.mjs', ...args], { cwd, encoding: 'utf8', ...options, env });
}

/** A checkout with this launcher and nothing else but the given files. */
function smallCheckout(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-checkout-'));
  cpSync(join(root, 'deploy/local/run.mjs'), join(dir, 'deploy/local/run.mjs'));
  cpSync(join(root, 'deploy/local/run'), join(dir, 'deploy/local/run'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  const basics = {
    'package.json': '{ "type": "module" }',
    'package-lock.json': '{ "packages": {} }',
    'tsconfig.build.json':
      '{ "compilerOptions": { "module": "nodenext", "outDir": "dist", "rootDir": ".", "types": ["node"], "skipLibCheck": true }, "include": ["test"] }',
    'test/empty.ts': 'export {};\n',
  };
  for (const [file, text] of Object.entries({ ...basics, ...files })) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  }
  return dir;
}

const dirs: string[] = [];
function checkout(files: Record<string, string>): string {
  const dir = smallCheckout(files);
  dirs.push(dir);
  return dir;
}
afterAll(() => dirs.forEach((dir) => rmSync(dir, { recursive: true, force: true })));

describe('npm test and npm run demo', () => {
  it('end with the sum of the Jest runs, and with the exit code of the first that failed', () => {
    const dir = checkout({
      'jest.config.js': "export default { transform: {}, testMatch: ['**/*.check.js'] };",
      'a.check.js': "test('one', () => {}); test('two', () => {}); test('three', () => { throw new Error('no'); });",
      'b.check.js': "throw new Error('a file that does not load is a failure too');",
    });
    // The check would fail here, and count: it must not be run after a failure.
    const { stdout, status } = run(['test', 'unit', 'check'], dir);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 passed, 2 failed');
    expect(status).toBe(1);
  });

  it('show what ran side by side one after the other, and begin nothing more when one has failed', () => {
    const check = (text: string) => `import { setTimeout as sleep } from 'node:timers/promises';
      for (let i = 0; i < 3; i += 1) { console.log('${text}', i); await sleep(100); }`;
    const dir = checkout({
      'jest.config.js': "throw new Error('must not be run after a failure');",
      'test/one.ts': 'export {};',
      'eslint.config.js': `${check('lint')} export default [{ files: ['never'], rules: { nothing: 'error' } }];`,
      'tsconfig.json': 'this is no JSON',
    });
    const { stdout, stderr, status } = run(['test', 'check', 'unit'], dir);
    expect(stdout.match(/lint \d/g)).toEqual(['lint 0', 'lint 1', 'lint 2']);
    expect(stdout).toMatch(/lint 0\nlint 1\nlint 2\n/);
    expect(stderr).toContain('type check: failed');
    expect(stderr).not.toMatch(/· (format|unit)/);
    expect(status).not.toBe(0);
  });

  it('count a step that fails without a test as a failure', () => {
    const dir = checkout({ 'jest.config.js': 'this is no JavaScript' });
    const { stdout, status } = run(['test', 'unit'], dir);
    expect(stdout).toBe('0 passed, 1 failed\n');
    expect(status).toBe(1);
  });

  it('stop when the source does not compile', () => {
    const { stderr, status } = run(['test', 'unit'], checkout({ 'test/wrong.ts': "const x: number = 'text';\n" }));
    expect(stderr).toContain('The source does not compile: see "npm run build"');
    expect(status).toBe(1);
  });

  it('say in one sentence what is missing and which command cures it', () => {
    const java = run(['test', 'unit'], root, { env: { JAVA_HOME: '/no/java', KAFKA_BROKERS: '' } });
    expect(java.stderr).toMatch(/^JAVA_HOME is \/no\/java and holds no bin\/java: .*"unset JAVA_HOME"\.\n$/);
    expect(java.status).toBe(69);
    expect(run(['test', 'moon'])).toMatchObject({ status: 64, stderr: expect.stringContaining('usage: ') as string });
    if (!isRoot || !isOpenToOthers(root)) return;
    const stranger = run(['demo'], root, { uid: NOBODY });
    expect(stranger.stderr).toMatch(/^The ward .* only root may create: run "sudo npm run demo" .*\n$/);
    expect(stranger.status).toBe(69);
  });

  (isRoot ? it : it.skip)('end the demo when they are killed, and pass on its exit code', async () => {
    const demo = `
      setInterval(() => undefined, 60_000);
      process.on('SIGTERM', () => process.exit(7));
      console.log(process.pid, ...process.argv.slice(2));`;
    const dir = checkout({ 'test/demo/main.ts': demo });
    const start = async () => {
      const args = ['deploy/local/run.mjs', 'demo', '--once'];
      const launcher = spawn(process.execPath, args, { cwd: dir, stdio: ['ignore', 'pipe', 'ignore'] });
      const [line] = (await once(createInterface({ input: launcher.stdout }), 'line')) as [string];
      const [pid, ...rest] = line.split(' ');
      expect(rest).toEqual(['--once']);
      return { launcher, pid: Number(pid) };
    };
    const killed = await start();
    killed.launcher.kill('SIGKILL');
    for (let i = 0; i < 100 && startTicksOf(killed.pid) !== undefined; i += 1) await sleep(50);
    expect(startTicksOf(killed.pid)).toBeUndefined();

    const asked = await start();
    asked.launcher.kill('SIGTERM');
    expect(await once(asked.launcher, 'exit')).toEqual([7, null]);
  });
});

describe('what npm has installed', () => {
  interface Lock {
    packages: Record<string, { version?: string; optional?: boolean }>;
  }
  let isInstalled: (wanted: Lock, present?: Lock) => boolean;
  beforeAll(async () => {
    ({ isInstalled } = (await import(pathToFileURL(join(root, 'deploy/local/run/install.mjs')).href)) as {
      isInstalled: typeof isInstalled;
    });
  });
  const wanted: Lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/mac': { version: '1.0.0', optional: true },
    },
  };

  it('is enough when all is there but what is for other machines', () => {
    expect(isInstalled(wanted, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(true);
  });
  it('is not when something is absent, has another version, or nothing was installed', () => {
    expect(isInstalled(wanted, { packages: {} })).toBe(false);
    expect(isInstalled(wanted, { packages: { 'node_modules/a': { version: '1.0.1' } } })).toBe(false);
    expect(isInstalled(wanted, undefined)).toBe(false);
  });
  it('matches the lock file of this checkout', () => {
    const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8')) as Lock;
    expect(isInstalled(read('package-lock.json'), read('node_modules/.package-lock.json'))).toBe(true);
  });
});

describe("the tests' Python packages", () => {
  const lines = (name: string): string[] =>
    readFileSync(join(root, 'deploy/local/python', name), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));

  it('are asked for by exact version, each in one place only', () => {
    const all = [...lines('requirements.txt'), ...lines('constraints.txt')];
    for (const line of all) expect(line).toMatch(/^[\w.-]+==[\w.]+$/);
    const names = all.map((line) => line.replace(/==.*/, '').toLowerCase().replaceAll('_', '-'));
    expect(new Set(names).size).toBe(names.length);
  });

  it('say which command brings them when they can not be brought', () => {
    const dir = checkout({ 'deploy/local/python/requirements.txt': 'no such package\n' });
    const { stderr, status } = run(['test', 'int'], dir);
    expect(stderr).toMatch(/^The tests' Python packages are missing: run ".*pip install.*requirements\.txt.*" \(/m);
    expect(status).toBe(69);
  });
});
