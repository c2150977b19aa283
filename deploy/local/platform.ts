import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startKafka, type Kafka } from './kafka.js';
import { identityOf, isAlive, readPidFile, writePidFile } from './pid-file.js';
import { startPostgres, type Postgres } from './postgres.js';
import { stateRoot } from './repository.js';

export { removeState } from './postgres-binaries.js';

export interface PlatformRequest {
  /** Folder of this run, below `.lazaret/`. One run at a time; data stay for the next one. */
  stateDir: string;
  log: (line: string) => void;
  /** Begin without the data of an earlier run. Servers that DATABASE_URL and KAFKA_BROKERS name are never emptied. */
  fresh?: boolean;
}

export interface Platform {
  /** The owner's URL: may create databases and roles. */
  databaseUrl: string;
  /** `host:port`, comma separated. */
  kafkaBrokers: string;
  /** Present only for servers that we started: they can be killed and started again by tests. */
  postgres?: Postgres;
  kafka?: Kafka;
  /** Ends what this call started, and nothing else. */
  stop(): Promise<void>;
}

/** Another run that is still alive uses the folder. */
export class StateFolderBusy extends Error {
  readonly code = 'state-folder-busy';
  constructor(stateDir: string, pid: number) {
    super(`Process ${pid} already runs in ${stateDir}: stop it first with "kill ${pid}".`);
  }
}

/**
 * PostgreSQL and Kafka: those that DATABASE_URL and KAFKA_BROKERS name, or real ones started here, side by side.
 * Leftovers of a killed run in the same folder are ended first. If one can't start, the other is stopped again.
 */
export async function startPlatform({ stateDir, log, fresh = false }: PlatformRequest): Promise<Platform> {
  const release = claim(stateDir);
  const given = { databaseUrl: env('DATABASE_URL'), kafkaBrokers: env('KAFKA_BROKERS') };
  const dirs = { postgres: join(stateDir, 'postgres'), kafka: join(stateDir, 'kafka') };
  const cacheDir = join(stateRoot(), 'cache/kafka');
  const [postgres, kafka] = await Promise.allSettled([
    given.databaseUrl === undefined ? startPostgres({ dir: dirs.postgres, log, fresh }) : undefined,
    given.kafkaBrokers === undefined ? startKafka({ dir: dirs.kafka, cacheDir, log, fresh }) : undefined,
  ]);
  const started = [postgres, kafka].map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  const stop = async () => {
    await Promise.all(started.map(async (server) => server?.stop()));
    release();
  };
  if (postgres.status === 'rejected' || kafka.status === 'rejected') {
    await stop();
    throw postgres.status === 'rejected' ? postgres.reason : (kafka as PromiseRejectedResult).reason;
  }
  return {
    databaseUrl: given.databaseUrl ?? postgres.value!.url,
    kafkaBrokers: given.kafkaBrokers ?? kafka.value!.brokers,
    ...(postgres.value === undefined ? {} : { postgres: postgres.value }),
    ...(kafka.value === undefined ? {} : { kafka: kafka.value }),
    stop,
  };
}

function env(name: 'DATABASE_URL' | 'KAFKA_BROKERS'): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** Marks the folder as ours. A killed owner's mark is taken over. */
function claim(stateDir: string): () => void {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, 'owner');
  const owner = readPidFile(file);
  if (owner !== undefined && owner.pid !== process.pid && isAlive(owner))
    throw new StateFolderBusy(stateDir, owner.pid);
  const self = identityOf(process.pid, '');
  if (self !== undefined) writePidFile(file, self);
  return () => rmSync(file, { force: true });
}
