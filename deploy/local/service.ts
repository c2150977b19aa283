import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnGuarded, type ExitStatus, type GuardedProcess } from './guarded-process.js';
import { repositoryRoot } from './repository.js';

/** A service dies and comes back at once; one that dies within this time of its start waits half a second. */
const SHORT_LIFE_MS = 2000;
const PAUSE_MS = 500;

export interface ServiceRequest {
  /** Folder in `apps/`: runs `node dist/apps/NAME/src/main.js`. */
  name: string;
  /** Added to the environment: LAZARET_CONFIG, DATABASE_URL, KAFKA_BROKERS. */
  env: Record<string, string>;
  /** Another script than the app's, for tests of this supervision. */
  entry?: string;
}

export interface Supervision {
  /** Process ids and logs. */
  stateDir: string;
  log: (line: string) => void;
  /** Start a service again at once when it ends without our doing. Default false. */
  autoRestart?: boolean;
  /** For each start; default 60 s. */
  readyTimeoutMs?: number;
}

/** The keys of the pino line with msg `ready`, such as the port that a service chose. */
export type ReadyLine = Record<string, unknown>;

export type ExitListener = (exit: ExitStatus & { name: string; pid: number }) => void;

/** One service process under supervision, over all its starts. */
export class Service {
  readonly name: string;
  /** Output of all starts, appended. */
  readonly logFile: string;
  #process: GuardedProcess;
  #readyLine: ReadyLine | undefined;
  /** The latest start has ended. */
  #gone = false;
  /** We have not stopped it. */
  #wanted = true;
  #autoRestart = false;
  readonly #listeners = new Set<ExitListener>();

  constructor(
    private readonly request: ServiceRequest,
    private readonly supervision: Supervision,
  ) {
    this.name = request.name;
    this.logFile = join(supervision.stateDir, 'logs', `${request.name}.log`);
    this.#process = this.#launch();
  }

  /** Of the latest start. */
  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Resolves when the service is ready, at once when it is. With auto-restart it waits for the start that
   * succeeds; otherwise it rejects with StartFailed, which shows the last lines of output.
   */
  async ready(): Promise<ReadyLine> {
    for (;;) {
      const current = this.#process;
      try {
        await current.ready;
        if (!this.#gone) return this.#readyLine ?? {};
        if (!this.#comesBack()) throw new Error(`${this.name} does not run`);
      } catch (error) {
        if (!this.#comesBack()) throw error;
      }
      await sleep(PAUSE_MS / 5);
    }
  }

  /** From now on the service is started again whenever it ends without our doing. */
  keepRunning(): void {
    this.#autoRestart = true;
  }

  /** Told at every end, ours or its own, before a restart. Returns how to stop listening. */
  onExit(listener: ExitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** SIGKILL now, as a crash would. With auto-restart it comes back: await `ready()`. Without, `restart()` it. */
  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /** SIGTERM, SIGKILL after 10 s, and no restart. Resolves with how it ended: 0 after an orderly drain. */
  async stop(): Promise<ExitStatus> {
    this.#wanted = false;
    return this.#process.stop();
  }

  /** Stops it when it runs, starts it, waits until it is ready. */
  async restart(): Promise<ReadyLine> {
    await this.stop();
    this.#wanted = true;
    this.#process = this.#launch();
    return this.ready();
  }

  #launch(): GuardedProcess {
    const { stateDir, readyTimeoutMs = 60_000 } = this.supervision;
    const entry = this.request.entry ?? join(repositoryRoot(), 'dist/apps', this.name, 'src/main.js');
    const startedAt = Date.now();
    this.#readyLine = undefined;
    this.#gone = false;
    const launched = spawnGuarded({
      name: this.name,
      command: process.execPath,
      args: ['--enable-source-maps', entry],
      env: { ...inheritedEnvironment(), ...this.request.env },
      stopSignal: 'SIGTERM',
      // Its database and broker end with us: a drain would only wait for them.
      deathSignal: 'SIGKILL',
      marker: entry,
      pidFile: join(stateDir, 'pids', this.name),
      logFile: this.logFile,
      isReady: (line) => (this.#readyLine ??= readReadyLine(line)) !== undefined,
      readyTimeoutMs,
    });
    void launched.exited.then((status) => this.#ended(launched, status, Date.now() - startedAt));
    return launched;
  }

  #comesBack(): boolean {
    return this.#autoRestart && this.#wanted;
  }

  async #ended(ended: GuardedProcess, status: ExitStatus, livedMs: number): Promise<void> {
    if (this.#process === ended) this.#gone = true;
    for (const listener of this.#listeners) listener({ ...status, name: this.name, pid: ended.pid });
    if (!this.#comesBack()) return;
    this.supervision.log(`${this.name} ended (${status.signal ?? `exit code ${status.code}`}), starting it again`);
    if (livedMs < SHORT_LIFE_MS) await sleep(PAUSE_MS);
    if (this.#wanted && this.#process === ended) this.#process = this.#launch();
  }
}

/** Jest's own settings must not reach a service: kafkajs, for one, retries otherwise under NODE_ENV=test. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _env, NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, ...rest } = process.env;
  return rest;
}

/** The parsed line when it is a JSON log line with msg `ready`. */
export function readReadyLine(line: string): ReadyLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(line) as ReadyLine;
    return parsed['msg'] === 'ready' ? parsed : undefined;
  } catch {
    return undefined;
  }
}
