import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

describe('the servers of the integration tests', () => {
  it('are a PostgreSQL in which the owner may create a database', async () => {
    const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await client.connect();
    const { rows } = await client.query<{ version: string }>('SELECT version()');
    expect(rows[0]?.version).toMatch(/^PostgreSQL 1[6-9]|^PostgreSQL [2-9]/);
    await client.query('CREATE DATABASE platform_probe');
    await client.query('DROP DATABASE platform_probe');
    await client.end();
  });

  it('are a Kafka that takes a topic and a record', async () => {
    const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 10 } });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'platform-probe', numPartitions: 1 }] });
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({ topic: 'platform-probe', acks: -1, messages: [{ key: 'a', value: 'b' }] });
    expect((await admin.fetchTopicOffsets('platform-probe'))[0]?.high).toBe('1');
    await Promise.all([producer.disconnect(), admin.disconnect()]);
  });
});
