import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-port.js';
import { startGuarded } from './guarded-process.js';
import { buildAside, javaCommand } from './kafka-runtime.js';
import { repositoryRoot, stateRoot } from './repository.js';

const run = promisify(execFile);
const GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
// As short-lived as a test: a fast start counts, throughput does not.
const JVM_FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx128m'];

/** A STOMP 1.2 broker on the loopback, over TCP and WebSocket on the same port. */
export interface StompBroker {
  port: number;
  stop(): Promise<void>;
}

/** Apache ActiveMQ Artemis, embedded, in memory only: what stands behind pxGrid in tests. Its jars come by Maven, once (25 MB). */
export async function startStompBroker(): Promise<StompBroker> {
  const folder = join(repositoryRoot(), 'deploy/local/artemis-runtime');
  const lib = await jars(join(folder, 'pom.xml'));
  const port = (await freePorts(1))[0]!;
  const state = join(stateRoot(), 'artemis');
  const broker = await startGuarded({
    name: 'the STOMP broker',
    command: javaCommand(),
    // Java compiles a program of one file by itself, so that no compiler is needed beside it.
    args: [...JVM_FLAGS, '-cp', join(lib, '*'), join(folder, 'StompBroker.java'), `${port}`],
    env: { PATH: process.env['PATH'] },
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGKILL',
    marker: 'StompBroker.java',
    pidFile: join(state, `${port}.pid`),
    logFile: join(state, 'broker.log'),
    isReady: (line) => line === 'ready',
    readyTimeoutMs: 20_000,
  });
  return { port, stop: async () => void (await broker.stop()) };
}

async function jars(pom: string): Promise<string> {
  const key = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const home = join(stateRoot(), 'cache/artemis', key);
  if (!existsSync(home)) {
    await buildAside(home, async (aside) => {
      // -C: a jar whose checksum differs is an error, not a warning.
      await run('mvn', ['-q', '-B', '-C', '-f', pom, GOAL, `-DoutputDirectory=${aside}`, '-DincludeScope=runtime']);
    });
  }
  return home;
}
