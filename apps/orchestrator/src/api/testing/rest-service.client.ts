import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { DataSource } from 'typeorm';
import { makeEvent, topicOf, type DeviceChanged, type LazaretEvent, type SeenPlan, type WantedPreview } from '#events';
import { createTopics, KafkaEventServer } from '#messaging';
import { createLogger } from '#observability';
import { createToken, ROLES, type Role } from '#tokens';
import type { WebhookSubscription } from '../../notify/webhooks/subscription.js';
import { keepPolicy } from '../../policy/policy.store.js';
import { OrchestratorModule } from '../../orchestrator.module.js';
import { Readiness } from '../../readiness.js';
import { openDatabase, type TestDatabase } from '../../testing/database.client.js';
import { archive, device, inForce, planFor, STORE } from '../../testing/examples.js';
import { serveApi } from '../serve.js';
import { RestReader } from './rest-reader.client.js';

/** Rules that only ask people, and limits that stand in no test's way. */
export const ASK_PEOPLE = {
  version: 1,
  rules: [{ name: 'ask-people', when: { level: 'propose' }, then: 'propose' }],
  limits: { site: 500, ward: 500, modality: 500, point: 500 },
};

interface Settings {
  /** Where the service's database is reached instead: through something that can be cut. */
  detour?: (databaseUrl: string) => string;
  undoDirectory?: string;
  webhooks?: WebhookSubscription[];
}

/**
 * The orchestrator as main.ts boots it, in this process, on a database of its own and a real broker. What the other
 * services would say is sent to their topics by this test.
 */
export class RestService {
  readonly tokens = {} as Record<Role, string>;
  private constructor(
    readonly app: NestExpressApplication,
    readonly database: TestDatabase,
    readonly url: string,
    private readonly producer: Producer,
  ) {}

  static async start(policy: object = ASK_PEOPLE, settings: Settings = {}): Promise<RestService> {
    const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({ allowAutoTopicCreation: false });
    const [database] = await Promise.all([
      openDatabase(),
      createTopics(brokers, { logger: createLogger('messaging', 'silent') }),
      producer.connect(),
    ]);
    const app = await boot(database, brokers, policy, settings);
    const service = new RestService(app, database, (await app.getUrl()).replace('[::1]', '127.0.0.1'), producer);
    for (const role of ROLES) service.tokens[role] = await service.token(`${role}-1`, role);
    return service;
  }

  /** A token made beside the database, as the first one is. */
  async token(name: string, role: Role, expiresAt = new Date(Date.now() + 3_600_000)): Promise<string> {
    const made = await createToken(this.database.dataSource.manager, { name, role, expiresAt }, new Date());
    if (!made.ok) throw new Error(made.reason);
    return made.text;
  }

  as(who: Role | { token: string } | null): RestReader {
    return new RestReader(this.url, who === null ? null : typeof who === 'string' ? this.tokens[who] : who.token);
  }

  async send(events: LazaretEvent[]): Promise<void> {
    const topicMessages = events.map((event) => ({
      topic: topicOf(event.type),
      messages: [{ key: event.partitionkey, value: JSON.stringify(event) }],
    }));
    await this.producer.sendBatch({ topicMessages });
  }

  /** Devices as discovery would publish them, each with a contract; resolves when the contracts are there. */
  async admit(count: number, changes: Partial<DeviceChanged['data']> & { site: string }): Promise<string[]> {
    const peer = archive({ site: changes.site, asset: `${changes.site}-archive`, deviceId: crypto.randomUUID() });
    const made = Array.from({ length: count }, (_, i) =>
      device({ flows: [STORE], aeTitles: [`MRI${i}`], asset: `MRI-${i}`, ...changes }),
    );
    const event = (data: DeviceChanged['data']) =>
      ({
        type: 'lazaret.device.changed',
        source: '/discovery',
        subject: data.deviceId,
        time: new Date(),
        data,
      }) as const;
    await this.send([peer, ...made].map((data) => makeEvent(event(data))));
    const ids = made.map(({ deviceId }) => deviceId);
    await this.until('contracts', 'SELECT 1 FROM contract_flows WHERE device_id = ANY($1) AND body IS NOT NULL', ids);
    return ids;
  }

  /** Proposes isolations at an operator's request, and lets the stand-in for enforcement answer their previews. */
  async propose(deviceIds: string[], plan: Partial<SeenPlan['data']> = {}): Promise<string[]> {
    const operator = this.as('operator');
    const opened = await Promise.all(
      deviceIds.map((deviceId) => operator.post('/v1/quarantines', { deviceId, reason: 'it scans the ward' })),
    );
    await this.answerPreviews(deviceIds, plan);
    return opened.map(({ body }) => String(body['quarantineId']));
  }

  /** Stands in for enforcement: answers the newest preview of each device with a plan, on enforcement's topic. */
  async answerPreviews(deviceIds: string[], changes: Partial<SeenPlan['data']> = {}): Promise<void> {
    const { rows } = await this.database.owner.query<{ body: string }>(
      'SELECT DISTINCT ON (device_id) body FROM previews WHERE device_id = ANY($1) ORDER BY device_id, generation DESC',
      [deviceIds],
    );
    const plans = rows.map(({ body }) => planFor(JSON.parse(body) as WantedPreview['data'], changes));
    const event = (data: SeenPlan['data']) => {
      const { deviceId: subject } = data;
      const place = { source: '/enforcement', subject, partitionKey: `${subject}/preview` } as const;
      return makeEvent({ type: 'lazaret.seen.plan', ...place, time: new Date(), data });
    };
    await this.send(plans.map(event));
    await this.until(
      'plans',
      `SELECT 1 FROM quarantines WHERE device_id = ANY($1) AND decision = 'proposed' AND plan_digest IS NOT NULL`,
      deviceIds,
    );
  }

  /** Polls as the owner until a statement gives as many rows as there are ids. */
  async until(what: string, statement: string, ids: string[], milliseconds = 30_000): Promise<void> {
    for (const end = Date.now() + milliseconds; Date.now() < end;) {
      const { rowCount } = await this.database.owner.query(statement, [ids]);
      if (rowCount === ids.length) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`there were no ${what} in ${milliseconds} ms`);
  }

  async stop(): Promise<void> {
    await Promise.all([this.app.close(), this.producer.disconnect()]);
    await this.database.close();
  }
}

async function boot(database: TestDatabase, brokers: string[], policy: object, settings: Settings) {
  const logger = createLogger('orchestrator', 'silent');
  const rules = inForce(policy);
  const { detour = (url) => url, undoDirectory = null, webhooks = [] } = settings;
  const places = { databaseUrl: detour(database.serviceUrl), kafkaBrokers: brokers };
  const config = { ...places, publicUrl: 'http://127.0.0.1', undoDirectory, webhooks };
  const module = OrchestratorModule.over({ config, inForce: rules, logger });
  const app = await NestFactory.create<NestExpressApplication>(module, { logger: false, bodyParser: false });
  serveApi(app, logger);
  const dataSource = app.get(DataSource);
  await keepPolicy(database.dataSource, rules, new Date());
  const strategy = new KafkaEventServer({ service: 'orchestrator', brokers, dataSource, logger });
  app.connectMicroservice({ strategy });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  await strategy.caughtUp();
  app.get(Readiness).isReady = true;
  return app;
}
