import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Kafka as KafkaClient, logLevel } from 'kafkajs';
import pg from 'pg';
import { freePorts } from './free-port.js';
import { startKafka } from './kafka.js';
import { removeState } from './platform.js';
import { startPostgres } from './postgres.js';
import { stateRoot } from './repository.js';

const dir = join(stateRoot(), `int/spec-servers-${process.pid}`);
const cacheDir = join(stateRoot(), 'cache/kafka');
const log = () => undefined;

function client(brokers: string): KafkaClient {
  const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 30 };
  return new KafkaClient({ brokers: [brokers], logLevel: logLevel.NOTHING, connectionTimeout: 1000, retry });
}

async function records(brokers: string, topic: string): Promise<string | undefined> {
  const admin = client(brokers).admin();
  await admin.connect();
  try {
    return (await admin.fetchTopicOffsets(topic))[0]?.high;
  } finally {
    await admin.disconnect();
  }
}

async function send(brokers: string, topic: string): Promise<void> {
  const kafka = client(brokers);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: [{ key: 'a', value: 'b' }] });
  await Promise.all([producer.disconnect(), admin.disconnect()]);
}

describe('servers that tests may kill', () => {
  let occupant: Server;
  let takenPort: number;

  beforeAll(async () => {
    takenPort = (await freePorts(1))[0]!;
    occupant = createServer().listen(takenPort, '127.0.0.1');
  });
  afterAll(() => {
    occupant.close();
    removeState(dir);
  });

  it('Kafka comes back on its port with its records after a kill and after a stop', async () => {
    const kafka = await startKafka({ dir: join(dir, 'kafka'), cacheDir, log });
    const { brokers, pid } = kafka;
    await send(brokers, 'kept');
    await kafka.kill();
    await kafka.restart();
    expect(kafka.pid).not.toBe(pid);
    expect(kafka.brokers).toBe(brokers);
    await expect(records(brokers, 'kept')).resolves.toBe('1');
    await kafka.stop();
    await kafka.restart();
    await expect(records(brokers, 'kept')).resolves.toBe('1');
    await kafka.stop();
  });

  it('PostgreSQL comes back on its port with what was committed, also when a client was working', async () => {
    const postgres = await startPostgres({ dir: join(dir, 'postgres'), log });
    const working = new pg.Client({ connectionString: postgres.url });
    const cut = new Promise((resolve) => working.on('error', resolve));
    await working.connect();
    await working.query('CREATE TABLE kept AS SELECT 42 AS answer');
    await postgres.kill();
    await cut;
    await postgres.restart();
    const after = new pg.Client({ connectionString: postgres.url });
    await after.connect();
    expect((await after.query<{ answer: number }>('SELECT answer FROM kept')).rows).toEqual([{ answer: 42 }]);
    await after.end();
    await postgres.stop();
  });

  it('name the port that is taken', async () => {
    const message = new RegExp(`can't listen on 127.0.0.1:${takenPort}, it is taken`);
    const kafka = startKafka({ dir: join(dir, 'k2'), cacheDir, log, port: takenPort });
    await expect(kafka).rejects.toThrow(message);
    await expect(startPostgres({ dir: join(dir, 'p2'), log, port: takenPort })).rejects.toThrow(message);
  });
});
