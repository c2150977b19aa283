import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts, isPortFree, PortTaken } from './free-port.js';
import { startGuarded, type GuardedProcess } from './guarded-process.js';
import { endLeftover, identityOf, waitUntilGone, type ProcessIdentity } from './pid-file.js';
import { placePostgres, type PostgresPlace } from './postgres-binaries.js';

const run = promisify(execFile);

export interface PostgresRequest {
  /** Data and logs of this server. Starting again in the same folder continues with the same data. */
  dir: string;
  log: (line: string) => void;
  /** A fixed port on 127.0.0.1; an error when it is taken. Without it a free one is chosen. */
  port?: number;
  /** Forget the databases of earlier starts. */
  fresh?: boolean;
}

export interface Postgres {
  /** The owner's URL (a superuser), database `postgres`. Stays the same through `restart`. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** SIGKILL to the server's first process; resolves when its backends are gone too. */
  kill(): Promise<void>;
  /** Starts again on the same port with the same data, after `stop` or `kill` or while it runs. */
  restart(): Promise<void>;
}

const OWNER = 'lazaret';
const READY_TIMEOUT_MS = 60_000;

/** Fast start over safety from a power cut: committed data survive a kill of every process, not of the machine. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  fsync: 'off',
  lc_messages: 'C',
  log_timezone: 'UTC',
  timezone: 'UTC',
} as const;

/** A real PostgreSQL. It ends when this process ends, however it ends. */
export async function startPostgres(request: PostgresRequest): Promise<Postgres> {
  mkdirSync(request.dir, { recursive: true });
  const pidFile = join(request.dir, 'pid');
  if (await endLeftover(pidFile, 'SIGINT')) request.log('ended a PostgreSQL left behind by a killed run');
  const place = placePostgres(request.dir);
  const dataDir = join(place.dir, 'data');
  if (request.fresh === true) rmSync(dataDir, { recursive: true, force: true });
  const password = await ensureCluster(place, dataDir, join(request.dir, 'password'), request.log);
  const port = await choosePort(join(request.dir, 'port'), request.port);
  const start = () => startServer(place, dataDir, port, request.dir);
  let server = await start();
  return {
    url: `postgres://${OWNER}:${password}@127.0.0.1:${port}/postgres`,
    get pid() {
      return server.pid;
    },
    stop: async () => void (await server.stop()),
    kill: () => killWithBackends(server),
    restart: async () => {
      await server.stop();
      server = await start();
    },
  };
}

/** Creates the data folder on first use. Returns the owner's password, kept beside it for the next start. */
async function ensureCluster(
  place: PostgresPlace,
  dataDir: string,
  passwordFile: string,
  log: (line: string) => void,
): Promise<string> {
  if (existsSync(dataDir) && existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8').trim();
  log('creating the PostgreSQL data folder');
  rmSync(dataDir, { recursive: true, force: true });
  const aside = `${dataDir}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  const handover = join(place.dir, 'initdb-password');
  writeFileSync(handover, password, { mode: 0o600 });
  if (place.user !== undefined) for (const path of [aside, handover]) chownSync(path, place.user.uid, place.user.gid);
  const locale = ['--locale=C', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${OWNER}`, '--auth=scram-sha-256', `--pwfile=${handover}`];
  try {
    const options = { cwd: '/', ...(place.user ?? {}) };
    await run(join(place.binaries, 'bin/initdb'), [`--pgdata=${aside}`, '--no-sync', ...locale, ...access], options);
  } finally {
    rmSync(handover, { force: true });
  }
  renameSync(aside, dataDir);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  chmodSync(passwordFile, 0o600);
  return password;
}

async function choosePort(file: string, asked: number | undefined): Promise<number> {
  if (asked !== undefined && !(await isPortFree(asked))) throw new PortTaken('PostgreSQL', asked);
  const saved = existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  const usable = asked ?? (saved !== undefined && (await isPortFree(saved)) ? saved : undefined);
  const port = usable ?? (await freePorts(1))[0]!;
  writeFileSync(file, `${port}`);
  return port;
}

function startServer(place: PostgresPlace, dataDir: string, port: number, dir: string): Promise<GuardedProcess> {
  // Nobody of ours runs in this folder any more (endLeftover, exited): a lock file that still lies here names a
  // dead process, and its number may by now belong to another server of the same user, which would stop us.
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return startGuarded({
    name: 'PostgreSQL',
    command: join(place.binaries, 'bin/postgres'),
    args: ['-D', dataDir, '-p', `${port}`, ...settings],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    cwd: '/',
    ...(place.user === undefined ? {} : { user: place.user }),
    // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    deathSignal: 'SIGINT',
    marker: dataDir,
    pidFile: join(dir, 'pid'),
    logFile: join(dir, 'postgres.log'),
    isReady: (line) => line.includes('database system is ready to accept connections'),
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
}

/** A restart is refused while a backend of the killed server still holds the shared memory. */
async function killWithBackends(server: GuardedProcess): Promise<void> {
  const backends = childrenOf(server.pid);
  await server.kill();
  for (const backend of backends) {
    if (await waitUntilGone(backend, 5000)) continue;
    process.kill(backend.pid, 'SIGKILL');
    await waitUntilGone(backend, 5000);
  }
}

function childrenOf(pid: number): ProcessIdentity[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/);
    return listed.map((child) => identityOf(Number(child), '')).filter((child) => child !== undefined);
  } catch {
    return [];
  }
}
