import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TOPICS, topicSchemas, makeEvent, newId, type InventoryDeclared, type LazaretEvent, type Topic } from '#events';
import { migrate, roleOf } from '#storage';
import { Kafka, logLevel, type Consumer, type Producer } from 'kafkajs';
import { Client } from 'pg';
import { storage } from '../data-source.js';

const run = promisify(execFile);
const PASSWORD = 'bench';

export function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run with npm run test:int`);
  return value;
}

export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 15_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A migrated database of the test's own; `look` is the owner's connection, past the code under test. */
export class BenchDatabase {
  private constructor(
    private readonly name: string,
    private readonly ownerUrl: string,
    readonly url: string,
  ) {}

  static async create(): Promise<BenchDatabase> {
    const name = `discovery_${randomBytes(4).toString('hex')}`;
    await query(given('DATABASE_URL'), `CREATE DATABASE ${name}`);
    const owner = new URL(given('DATABASE_URL'));
    owner.pathname = `/${name}`;
    await migrate({ ...storage, url: owner.href, password: PASSWORD });
    const service = new URL(owner.href);
    service.username = roleOf(storage.schema);
    service.password = PASSWORD;
    return new BenchDatabase(name, owner.href, service.href);
  }

  get owner(): string {
    return this.ownerUrl;
  }

  look<T extends object>(sql: string): Promise<T[]> {
    return query<T>(this.ownerUrl, sql);
  }

  async drop(): Promise<void> {
    await query(given('DATABASE_URL'), `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }
}

async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url, options: `-c search_path=${storage.schema},public` });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A second client of the broker: it declares the inventory, and reads what discovery publishes. */
export class BenchReader {
  readonly events: LazaretEvent[] = [];
  /** When the reader got each event, by the event's id. */
  readonly gotAt = new Map<string, number>();
  private readonly kafka: Kafka;
  private readonly consumer: Consumer;
  private readonly producer: Producer;

  constructor(brokers = given('KAFKA_BROKERS').split(',')) {
    this.kafka = new Kafka({ brokers, clientId: 'bench', logLevel: logLevel.NOTHING });
    this.consumer = this.kafka.consumer({ groupId: `bench-${randomBytes(4).toString('hex')}`, maxWaitTimeInMs: 5 });
    this.producer = this.kafka.producer();
  }

  async open(): Promise<this> {
    await this.producer.connect();
    await this.consumer.connect();
    const topics: Topic[] = [TOPICS.devices, TOPICS.observations, TOPICS.conversations, TOPICS.sensors];
    await this.consumer.subscribe({ topics, fromBeginning: false });
    let isJoined = false;
    this.consumer.on('consumer.group_join', () => (isJoined = true));
    await this.consumer.run({
      eachMessage: async ({ topic, message }) => {
        const event = topicSchemas[topic as Topic].parse(JSON.parse(String(message.value)));
        this.events.push(event);
        this.gotAt.set(event.id, Date.now());
      },
    });
    await until('the reader to join', () => isJoined);
    // Positions at the end are fetched after the join.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return this;
  }

  of<T extends LazaretEvent['type']>(type: T): Extract<LazaretEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<LazaretEvent, { type: T }> => event.type === type);
  }

  async declare(data: InventoryDeclared['data']): Promise<void> {
    const event = makeEvent({
      type: 'lazaret.inventory.declared',
      source: '/orchestrator',
      subject: `${data.site}/${data.asset}`,
      time: new Date(),
      data: { ...data, importId: newId() },
    });
    await this.producer.send({
      topic: TOPICS.inventory,
      messages: [{ key: event.partitionkey, value: JSON.stringify(event) }],
    });
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
    await this.producer.disconnect();
  }
}

/** A real ovsdb-server with the switch's schema; ports are set by `ovs-vsctl`, links as the daemon would write them. */
export class BenchSwitch {
  readonly folder = mkdtempSync(join(tmpdir(), 'lazaret-disc-'));
  readonly ovsdb = `unix:${join(this.folder, 'db.sock')}`;
  readonly queryLog = join(this.folder, 'queries.log');
  readonly leases = join(this.folder, 'leases');
  private server: ChildProcess | undefined;
  private readonly socket: Socket = createSocket('udp4');

  async start(ports: Record<string, number>): Promise<this> {
    writeFileSync(this.queryLog, '');
    writeFileSync(this.leases, '');
    await run('ovsdb-tool', ['create', join(this.folder, 'conf.db'), '/usr/share/openvswitch/vswitch.ovsschema']);
    const options = [`--remote=p${this.ovsdb}`, `--unixctl=${join(this.folder, 'ctl')}`, '-vconsole:off', '--no-chdir'];
    this.server = spawn('ovsdb-server', [join(this.folder, 'conf.db'), ...options], { stdio: 'ignore' });
    await until('ovsdb-server', () =>
      this.vsctl('init').then(
        () => true,
        () => false,
      ),
    );
    await this.vsctl('add-br', 'wl-br0');
    for (const [port, tag] of Object.entries(ports)) await this.vsctl('add-port', 'wl-br0', port, `tag=${tag}`);
    for (const port of Object.keys(ports)) await this.link(port, 'up', 0);
    return this;
  }

  async vsctl(...words: string[]): Promise<void> {
    await run('ovs-vsctl', [`--db=${this.ovsdb}`, '--no-wait', '--timeout=5', ...words]);
  }

  /** What ovs-vswitchd writes when a cable is pulled or plugged. */
  async link(port: string, state: 'up' | 'down', resets: number): Promise<void> {
    const row = { link_state: state, link_resets: resets };
    const transaction = ['Open_vSwitch', { op: 'update', table: 'Interface', where: [['name', '==', port]], row }];
    await run('ovsdb-client', ['transact', this.ovsdb, JSON.stringify(transaction)]);
  }

  datagram(bytes: Uint8Array, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.send(bytes, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  }

  log(text: string): void {
    appendFileSync(this.queryLog, text, 'latin1');
  }

  async stop(): Promise<void> {
    this.socket.close();
    const server = this.server;
    if (server?.exitCode === null) {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
