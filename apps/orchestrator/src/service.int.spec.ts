import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { Kafka, logLevel, type Consumer, type Producer } from 'kafkajs';
import { makeEvent, TOPICS, topicOf, topicSchemas, type LazaretEvent, type Topic } from '#events';
import { createTopics } from '#messaging';
import { openDatabase, type TestDatabase } from './testing/database.client.js';
import { archive, assessment, device, ISOLATE_ALONE, planFor, seenOf, STORE } from './testing/examples.js';
import { ServiceProcess } from './testing/service.client.js';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 20 } });
let database: TestDatabase;
let service: ServiceProcess;
let producer: Producer;
let reader: Consumer;
const read: { at: number; event: LazaretEvent }[] = [];

beforeAll(async () => {
  const built = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  expect(built.error).toBeUndefined();
  await createTopics(brokers);
  database = await openDatabase();
  service = new ServiceProcess(database.serviceUrl, ISOLATE_ALONE);
  producer = kafka.producer({ allowAutoTopicCreation: false });
  reader = kafka.consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 20 });
  await Promise.all([producer.connect(), reader.connect()]);
  await reader.subscribe({ topics: [TOPICS.wanted, TOPICS.quarantines, TOPICS.contracts], fromBeginning: true });
  await reader.run({
    eachMessage: ({ topic, message }) => {
      const event = topicSchemas[topic as Topic].parse(JSON.parse(String(message.value)));
      read.push({ at: Date.now(), event });
      return Promise.resolve();
    },
  });
  await service.start();
}, 120_000);
afterAll(async () => {
  await service.kill();
  service.remove();
  await Promise.all([producer.disconnect(), reader.disconnect()]);
  await database.close();
});

async function send(...events: LazaretEvent[]): Promise<void> {
  for (const event of events) {
    const messages = [{ key: event.partitionkey, value: JSON.stringify(event) }];
    await producer.send({ topic: topicOf(event.type), messages });
  }
}

function of<T extends LazaretEvent['type']>(type: T, subject: string) {
  return read.filter(({ event }) => event.type === type && event.subject === subject) as {
    at: number;
    event: Extract<LazaretEvent, { type: T }>;
  }[];
}

async function until<T>(what: string, look: () => T | undefined, ms = 20_000): Promise<T> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nothing said "${what}" in ${ms} ms; log: ${JSON.stringify(service.log.slice(-5))}`);
}

const deviceEvent = (data: ReturnType<typeof device>) =>
  makeEvent({ type: 'lazaret.device.changed', source: '/discovery', subject: data.deviceId, time: new Date(), data });
const assessed = (data: ReturnType<typeof assessment>) =>
  makeEvent({
    type: 'lazaret.assessment.changed',
    source: '/risk-scoring',
    subject: data.deviceId,
    time: new Date(),
    data,
  });
const planned = (data: ReturnType<typeof planFor>) =>
  makeEvent({
    type: 'lazaret.seen.plan',
    source: '/enforcement',
    subject: data.deviceId,
    partitionKey: `${data.deviceId}/preview`,
    time: new Date(),
    data,
  });
const reported = (data: ReturnType<typeof seenOf>) =>
  makeEvent({ type: 'lazaret.seen.isolation', source: '/enforcement', subject: data.deviceId, time: new Date(), data });

/** A device with its contract and a proposal whose plan is at hand. */
async function withPlan() {
  const site = `s-${randomUUID().slice(0, 8)}`;
  const made = device({ site, flows: [STORE] });
  const { deviceId } = made;
  await send(deviceEvent(archive({ site })), deviceEvent(made));
  await until('contract', () =>
    of('lazaret.contract.resolved', deviceId).find(({ event }) => event.data.flows.length > 0),
  );
  await send(assessed(assessment(deviceId, { level: 'propose', logOdds: -2, mayActAlone: false })));
  const preview = await until('preview', () => of('lazaret.wanted.preview', deviceId)[0]?.event.data);
  await send(planned(planFor(preview)));
  for (;;) {
    const { rows } = await database.owner.query('SELECT 1 FROM previews WHERE device_id = $1 AND plan IS NOT NULL', [
      deviceId,
    ]);
    if (rows.length > 0) return { deviceId, preview };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('answers its supervisor', async () => {
  expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
});

it('says isolate within milliseconds of the assessment, and follows it until it is proven', async () => {
  const { deviceId } = await withPlan();
  const spent: number[] = [];
  const before = Date.now();
  await send(assessed(assessment(deviceId)));
  const apply = await until('apply', () => of('lazaret.wanted.isolation', deviceId)[0]);
  spent.push(apply.at - before);
  expect(apply.event.data).toMatchObject({ mode: 'apply', generation: 2 });
  await send(reported(seenOf(apply.event.data, { truth: 'acknowledged' })), reported(seenOf(apply.event.data)));
  const proven = await until('proven', () =>
    of('lazaret.quarantine.truth-changed', deviceId).find(({ event }) => event.data.truth === 'proven'),
  );
  expect(proven.event.data.decision).toBe('approved');
  process.stderr.write(`assessment sent to apply read by another client: ${spent.join()} ms\n`);
});

it('applies once though killed between, and though every event comes twice', async () => {
  const { deviceId, preview } = await withPlan();
  const evidence = assessed(assessment(deviceId));
  await send(evidence);
  await service.kill();
  await send(evidence, planned(planFor(preview)), evidence);
  await service.start();
  await until('apply', () => of('lazaret.wanted.isolation', deviceId)[0]);
  await send(assessed(assessment(deviceId)), planned(planFor(preview)));
  await service.kill();
  await service.start();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const generations = of('lazaret.wanted.isolation', deviceId).map(({ event }) => [
    event.data.mode,
    event.data.generation,
  ]);
  expect(new Set(generations.map((one) => one.join()))).toEqual(new Set(['apply,2']));
  const approved = of('lazaret.quarantine.approved', deviceId).map(({ event }) => event.id);
  expect(new Set(approved).size).toBe(1);
});

it('does not start with a policy that has mistakes, and names each', async () => {
  const mistaken = new ServiceProcess(database.serviceUrl, { version: 1, limits: { site: -1 }, rulez: [] });
  await expect(mistaken.start()).rejects.toThrow(/ended with 1.*limits\.site.*rulez/);
  mistaken.remove();
});

it('leaves with 0 when it is asked to', async () => {
  expect(await service.stop()).toBe(0);
});
