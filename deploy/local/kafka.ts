import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, isPortFree, PortTaken } from './free-port.js';
import { startGuarded, type GuardedProcess } from './guarded-process.js';
import { kafkaProperties, type BrokerPlace } from './kafka-properties.js';
import { formatDataDir, javaArguments, prepareKafkaRuntime, type KafkaRuntime } from './kafka-runtime.js';
import { endLeftover } from './pid-file.js';

export interface KafkaRequest {
  /** Data, logs and ports of this broker. Starting again in the same folder continues on the same ports. */
  dir: string;
  /** Jars and class-data archive, shared by all brokers of a checkout. */
  cacheDir: string;
  log: (line: string) => void;
  /** A fixed port on 127.0.0.1; an error when it is taken. Without it a free one is chosen. */
  port?: number;
  /** Forget the records of earlier starts. */
  fresh?: boolean;
}

export interface Kafka {
  /** `127.0.0.1:PORT`. Stays the same through `restart`. */
  readonly brokers: string;
  /** The Java process of the latest start. */
  readonly pid: number;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts again on the same port with the same records, after `stop` or `kill` or while it runs. */
  restart(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;

/** A real Apache Kafka of one node. It ends when this process ends, however it ends. */
export async function startKafka(request: KafkaRequest): Promise<Kafka> {
  const runtime = await prepareKafkaRuntime(request.cacheDir, request.log);
  await writeArchive(runtime, request.log);
  return launchKafka(runtime, request, archiveFlags(runtime));
}

function archiveFlags({ archive }: KafkaRuntime): string[] {
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : [];
}

/** Java writes the archive when it ends, so one broker is started and stopped for it. */
async function writeArchive(runtime: KafkaRuntime, log: (line: string) => void): Promise<void> {
  if (existsSync(runtime.archive)) return;
  log('writing the Java class-data archive (once)');
  const aside = `${runtime.archive}.${process.pid}`;
  const dir = join(runtime.home, `warm-up.${process.pid}`);
  const flags = [`-XX:ArchiveClassesAtExit=${aside}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
  try {
    const broker = await launchKafka(runtime, { dir, log }, flags);
    await broker.stop();
    if (existsSync(aside)) renameSync(aside, runtime.archive);
  } finally {
    rmSync(dir, { recursive: true, force: true });
    rmSync(aside, { force: true });
  }
}

async function launchKafka(
  runtime: KafkaRuntime,
  request: Omit<KafkaRequest, 'cacheDir'>,
  flags: readonly string[],
): Promise<Kafka> {
  const { dir } = request;
  mkdirSync(dir, { recursive: true });
  if (await endLeftover(join(dir, 'pid'), 'SIGTERM')) request.log('ended a Kafka left behind by a killed run');
  if (request.fresh === true) rmSync(join(dir, 'data'), { recursive: true, force: true });
  const place = await choosePlace(dir, request.port);
  const start = () => startBroker(runtime, dir, place, flags);
  let broker = await start().catch(async (error: unknown) => {
    if (request.port !== undefined || !/Address already in use/.test(String(error))) throw error;
    // Somebody took the port between our look and the bind: once more, with others.
    Object.assign(place, await newPorts());
    return start();
  });
  return {
    brokers: `127.0.0.1:${place.port}`,
    get pid() {
      return broker.pid;
    },
    stop: async () => void (await broker.stop()),
    kill: async () => void (await broker.kill()),
    restart: async () => {
      await broker.stop();
      broker = await start();
    },
  };
}

async function choosePlace(dir: string, port: number | undefined): Promise<BrokerPlace> {
  const dataDir = join(dir, 'data');
  if (port !== undefined && !(await isPortFree(port))) throw new PortTaken('Kafka', port);
  const saved = readPorts(join(dir, 'ports.json'));
  if (port === undefined && saved !== undefined) {
    const free = await Promise.all([isPortFree(saved.port), isPortFree(saved.controllerPort)]);
    if (free.every(Boolean)) return { dataDir, ...saved };
  }
  const fresh = await newPorts();
  return { dataDir, ...fresh, ...(port === undefined ? {} : { port }) };
}

async function newPorts(): Promise<Omit<BrokerPlace, 'dataDir'>> {
  const [port, controllerPort] = await freePorts(2);
  return { port: port!, controllerPort: controllerPort! };
}

function readPorts(file: string): Omit<BrokerPlace, 'dataDir'> | undefined {
  try {
    const { port, controllerPort } = JSON.parse(readFileSync(file, 'utf8')) as Partial<BrokerPlace>;
    return typeof port === 'number' && typeof controllerPort === 'number' ? { port, controllerPort } : undefined;
  } catch {
    return undefined;
  }
}

async function startBroker(
  runtime: KafkaRuntime,
  dir: string,
  place: BrokerPlace,
  flags: readonly string[],
): Promise<GuardedProcess> {
  const properties = join(dir, 'server.properties');
  const { port, controllerPort } = place;
  writeFileSync(join(dir, 'ports.json'), JSON.stringify({ port, controllerPort }));
  writeFileSync(properties, kafkaProperties(place));
  if (!existsSync(join(place.dataDir, 'meta.properties'))) formatDataDir(runtime, place.dataDir);
  return startGuarded({
    name: 'Kafka',
    command: runtime.java,
    args: javaArguments(runtime, flags, 'kafka.Kafka', properties),
    env: process.env,
    cwd: dir,
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGTERM',
    marker: properties,
    pidFile: join(dir, 'pid'),
    logFile: join(dir, 'kafka.log'),
    isReady: (line) => line.includes('Kafka Server started'),
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
}
