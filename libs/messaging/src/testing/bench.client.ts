import { randomBytes } from 'node:crypto';
import { createLogger, type Logger } from '#observability';
import { createDataSource, migrate, roleOf, type Storage } from '#storage';
import { Kafka, logLevel, type Admin, type KafkaMessage, type Producer } from 'kafkajs';
import { Client } from 'pg';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import '../kafkajs-timers.js';
import { createMessagingTables, dropMessagingTables, messagingEntities } from '../messaging-tables.js';
import { waitForTopics } from '../topics.client.js';

export { numbered, numberIn } from './events.js';

/** A name that no other test has. */
export function unique(name: string): string {
  return `${name}-${randomBytes(4).toString('hex')}`;
}

/** Waits until the condition holds, `ms` at most; says what it waited for. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function quiet(): Logger {
  return createLogger('test', process.env['TEST_LOG'] ?? 'silent');
}

/** The messaging tables and one more, for what handlers do. */
export class MakeBenchTables1700000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await createMessagingTables(queryRunner);
    await queryRunner.query(
      'CREATE TABLE effects (seq bigserial PRIMARY KEY, event_id text NOT NULL, note text NOT NULL)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE effects');
    await dropMessagingTables(queryRunner);
  }
}

export const benchStorage: Storage = {
  schema: 'enforcement',
  entities: messagingEntities,
  migrations: [MakeBenchTables1700000000000],
};

const PASSWORD = 'bench';

/** A migrated database of one's own. */
export class BenchDatabase {
  private readonly open: DataSource[] = [];

  private constructor(
    readonly name: string,
    /** The owner's. */
    readonly ownerUrl: string,
    /** The service's role. */
    readonly url: string,
    private readonly adminUrl: string,
  ) {}

  static async create(adminUrl = given('DATABASE_URL')): Promise<BenchDatabase> {
    const name = unique('bench').replace('-', '_');
    await asAdmin(adminUrl, `CREATE DATABASE ${name}`);
    const owner = new URL(adminUrl);
    owner.pathname = `/${name}`;
    await migrate({ ...benchStorage, url: owner.href, password: PASSWORD });
    const service = new URL(owner.href);
    service.username = roleOf(benchStorage.schema);
    service.password = PASSWORD;
    return new BenchDatabase(name, owner.href, service.href, adminUrl);
  }

  async dataSource(url = this.url): Promise<DataSource> {
    const dataSource = await createDataSource({ ...benchStorage, url }).initialize();
    this.open.push(dataSource);
    return dataSource;
  }

  /** Looks past the code under test: the owner's own connection. */
  async look<T extends object>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    const client = new Client({ connectionString: this.ownerUrl, options: `-c search_path=${benchStorage.schema}` });
    await client.connect();
    try {
      return (await client.query<T>(sql, parameters)).rows;
    } finally {
      await client.end();
    }
  }

  async effects(): Promise<{ event_id: string; note: string }[]> {
    return this.look('SELECT event_id, note FROM effects ORDER BY seq');
  }

  async drop(): Promise<void> {
    await Promise.all(this.open.filter(({ isInitialized }) => isInitialized).map((dataSource) => dataSource.destroy()));
    await asAdmin(this.adminUrl, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** The test's own client of the broker, an observer and a foreign producer. */
export class BenchBroker {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly producer: Producer;

  constructor(readonly brokers = given('KAFKA_BROKERS').split(',')) {
    const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 20 };
    this.kafka = new Kafka({ brokers, clientId: 'bench', logLevel: logLevel.NOTHING, retry });
    this.admin = this.kafka.admin();
    this.producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry });
  }

  async open(): Promise<this> {
    await this.admin.connect();
    await this.producer.connect();
    return this;
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
    await this.admin.disconnect();
  }

  async topic(name = unique('t'), partitions = 1, config: Record<string, string> = {}): Promise<string> {
    const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
    const topics = [{ topic: name, numPartitions: partitions, configEntries }];
    await this.admin.createTopics({ topics, waitForLeaders: false });
    await waitForTopics(this.admin, [name]);
    return name;
  }

  async send(topic: string, values: (string | Buffer | null)[], partition = 0, key = 'k'): Promise<void> {
    const messages = values.map((value) => ({ key, value, partition }));
    await this.producer.send({ topic, messages, acks: -1 });
  }

  async end(topic: string, partition = 0): Promise<number> {
    const offsets = await this.admin.fetchTopicOffsets(topic);
    return Number(offsets.find((offset) => offset.partition === partition)?.high ?? 0);
  }

  /** Everything in the topic up to its end now, in order of each partition. */
  async read(topic: string): Promise<KafkaMessage[]> {
    const ends = await this.admin.fetchTopicOffsets(topic);
    const missing = new Map(
      ends.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, Number(high)]),
    );
    const found: KafkaMessage[] = [];
    if (missing.size === 0) return found;
    const consumer = this.kafka.consumer({ groupId: unique('reader'), maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        found.push(message);
        if (Number(message.offset) + 1 >= (missing.get(partition) ?? 0)) missing.delete(partition);
      },
    });
    await until(`the records of ${topic}`, () => missing.size === 0);
    await consumer.disconnect();
    return found;
  }
}

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run with npm run test:int`);
  return value;
}
