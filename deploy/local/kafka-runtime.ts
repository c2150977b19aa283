import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { JVM_FLAGS, KAFKA_LOGGING, kafkaProperties } from './kafka-properties.js';
import { repositoryRoot } from './repository.js';

const run = promisify(execFile);
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** What a broker needs before it has any data: jars, logging, a formatted folder, a class-data archive. */
export interface KafkaRuntime {
  home: string;
  java: string;
  classPath: string;
  logging: string;
  /** Class-data sharing archive: halves the start. Java ignores it with one warning when it doesn't fit. */
  archive: string;
}

/** Java or Maven is missing or fails. The message is one sentence with the command that cures it. */
export class KafkaRuntimeMissing extends Error {
  readonly code = 'kafka-runtime-missing';
}

/** The `java` that JAVA_HOME or PATH names. */
export function javaCommand(): string {
  const home = process.env['JAVA_HOME'];
  return home === undefined || home === '' ? 'java' : join(home, 'bin/java');
}

/**
 * The runtime in `cacheDir`, made on first use: jars by Maven (65 MB), then reused. One folder for each
 * combination of jars and Java, because an archive fits one Java build and one class path only.
 */
export async function prepareKafkaRuntime(cacheDir: string, log: (line: string) => void): Promise<KafkaRuntime> {
  const java = javaCommand();
  const version = await javaVersion(java);
  const pom = join(repositoryRoot(), 'deploy/local/kafka-runtime/pom.xml');
  const key = createHash('sha256')
    .update([readFileSync(pom, 'utf8'), version, KAFKA_LOGGING, ...JVM_FLAGS].join('\n'))
    .digest('hex')
    .slice(0, 12);
  const home = join(cacheDir, key);
  if (!existsSync(home)) {
    log('fetching the Kafka jars with Maven (once, 65 MB)');
    await buildAside(home, async (aside) => {
      await fetchJars(pom, join(aside, 'lib'));
      writeFileSync(join(aside, 'log4j2.properties'), KAFKA_LOGGING);
    });
  }
  const runtime = runtimeIn(home, java);
  await formatTemplate(runtime, log);
  return runtime;
}

/** The command line of a broker, without the class-data flag. */
export function javaArguments(
  runtime: KafkaRuntime,
  flags: readonly string[],
  main: string,
  ...rest: string[]
): string[] {
  const logging = `-Dlog4j2.configurationFile=${runtime.logging}`;
  return [...JVM_FLAGS, ...flags, logging, '-cp', runtime.classPath, main, ...rest];
}

/** Makes `dataDir` a freshly formatted, empty data folder with a cluster id of its own. */
export function formatDataDir(runtime: KafkaRuntime, dataDir: string): void {
  cpSync(join(runtime.home, 'template'), dataDir, { recursive: true });
  // The broker adds its directory.id itself.
  const meta = `version=1\nnode.id=1\ncluster.id=${randomBytes(16).toString('base64url')}\n`;
  writeFileSync(join(dataDir, 'meta.properties'), meta);
}

async function javaVersion(java: string): Promise<string> {
  const { stderr } = await run(java, ['-version']).catch(() => {
    throw new KafkaRuntimeMissing(
      'Java was not found: run "apt-get install -y openjdk-17-jre-headless maven", or name a broker in KAFKA_BROKERS.',
    );
  });
  const major = Number(/version "(\d+)/.exec(stderr)?.[1]);
  if (major >= 17) return stderr;
  throw new KafkaRuntimeMissing(
    `Kafka needs Java 17 or newer and ${java} is ${major}: run "apt-get install -y openjdk-17-jre-headless", or set JAVA_HOME.`,
  );
}

async function fetchJars(pom: string, lib: string): Promise<void> {
  const goal = `${DEPENDENCY_PLUGIN}:copy-dependencies`;
  // -C: a jar whose checksum differs is an error, not a warning.
  await run('mvn', ['-q', '-B', '-C', '-f', pom, goal, `-DoutputDirectory=${lib}`, '-DincludeScope=runtime']).catch(
    (error: NodeJS.ErrnoException & { stdout?: string }) => {
      throw new KafkaRuntimeMissing(
        error.code === 'ENOENT'
          ? 'Maven was not found: run "apt-get install -y maven", or name a broker in KAFKA_BROKERS.'
          : `Maven could not fetch the Kafka jars: ${error.stdout?.slice(-2000) ?? error.message}`,
      );
    },
  );
}

function runtimeIn(home: string, java: string): KafkaRuntime {
  const lib = join(home, 'lib');
  const jars = readdirSync(lib).filter((name) => name.endsWith('.jar'));
  // Sorted and spelled out: the archive is bound to the order of the class path.
  const classPath = jars.sort().map((name) => join(lib, name));
  return {
    home,
    java,
    classPath: classPath.join(':'),
    logging: join(home, 'log4j2.properties'),
    archive: join(home, 'kafka.jsa'),
  };
}

async function formatTemplate(runtime: KafkaRuntime, log: (line: string) => void): Promise<void> {
  const template = join(runtime.home, 'template');
  if (existsSync(template)) return;
  log('formatting an empty Kafka folder (once)');
  await buildAside(template, async (aside) => {
    const properties = `${aside}.properties`;
    writeFileSync(properties, kafkaProperties({ dataDir: aside, port: 9092, controllerPort: 9093 }));
    const format = ['format', '-t', randomBytes(16).toString('base64url'), '-c', properties];
    await run(runtime.java, javaArguments(runtime, [], 'kafka.tools.StorageTool', ...format));
    rmSync(properties);
  });
}

/** Builds in a folder of its own and renames it, so that two starts at once both succeed and none sees half. */
export async function buildAside(target: string, build: (aside: string) => Promise<void>): Promise<void> {
  const aside = `${target}.${process.pid}.${randomBytes(3).toString('hex')}`;
  mkdirSync(aside, { recursive: true });
  try {
    await build(aside);
    renameSync(aside, target);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}
