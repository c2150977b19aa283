import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromEnvironment } from '#config';
import { TOPICS, type AssessmentChanged } from '#events';
import { migrate } from '#storage';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { storage } from '../src/data-source.js';

export const brokers = (): string[] => (fromEnvironment('KAFKA_BROKERS') ?? '').split(',');

/** A database of its own with the service's tables, and a look into it that does not go through the service. */
export async function freshDatabase(): Promise<{ url: string; owner: Client }> {
  const admin = new Client({ connectionString: fromEnvironment('DATABASE_URL') });
  await admin.connect();
  const name = `risk_${randomBytes(4).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = new URL(fromEnvironment('DATABASE_URL') ?? '');
  url.pathname = `/${name}`;
  await migrate({ ...storage, url: url.href, password: 'weighed' });
  const owner = new Client({ connectionString: url.href, options: '-c search_path=risk_scoring' });
  // The server goes away at the end of the run, maybe before us.
  owner.on('error', () => undefined);
  await owner.connect();
  url.username = 'lazaret_risk_scoring';
  url.password = 'weighed';
  return { url: url.href, owner };
}

export function compile(): void {
  spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
}

/** The service as a process of its own, so that it can be killed as a machine would. */
export class Service {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: string[],
  ) {}

  static async start(databaseUrl: string, settings: Record<string, unknown>): Promise<Service> {
    const file = join(mkdtempSync(join(tmpdir(), 'risk-scoring-')), 'config.yaml');
    writeFileSync(file, JSON.stringify(settings));
    const env = { LAZARET_CONFIG: file, DATABASE_URL: databaseUrl };
    const child = spawn(process.execPath, ['dist/apps/risk-scoring/src/main.js'], {
      env: { ...env, KAFKA_BROKERS: brokers().join(',') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const service = new Service(child, []);
    await service.isReady();
    return service;
  }

  /** Ends it with a signal; gives the exit code, null where the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    return ended;
  }

  private isReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        this.lines.push(text);
        if (text.includes('"msg":"ready"')) resolve();
      });
      this.child.once('exit', (code) => reject(new Error(`exit ${code}: ${this.lines.join('')}`)));
    });
  }
}

/** An independent reader of the assessments: everything told of any device, in order, with the time of arrival. */
export class Listener {
  readonly told: { event: AssessmentChanged; heardAt: number }[] = [];
  private readonly kafka = new Kafka({ brokers: brokers(), logLevel: logLevel.NOTHING });
  private readonly consumer = this.kafka.consumer({
    groupId: `listener-${randomBytes(4).toString('hex')}`,
    maxWaitTimeInMs: 20,
  });

  async open(): Promise<this> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: TOPICS.assessments, fromBeginning: true });
    await this.consumer.run({
      eachMessage: async ({ message }) => {
        const event = JSON.parse(message.value?.toString() ?? '') as AssessmentChanged;
        this.told.push({ event, heardAt: Date.now() });
      },
    });
    return this;
  }

  of(deviceId: string): AssessmentChanged['data'][] {
    return this.told.filter(({ event }) => event.subject === deviceId).map(({ event }) => event.data);
  }

  /** Waits until an assessment of the device is as wanted. */
  async hears(
    deviceId: string,
    wanted: (data: AssessmentChanged['data']) => boolean,
  ): Promise<AssessmentChanged['data']> {
    return eventually(() => this.of(deviceId).findLast(wanted));
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
  }
}

/** Asks again until there is an answer. Fails after 30 s. */
export async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const until = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until) throw new Error('waited for 30 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
