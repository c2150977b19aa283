import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { makeEvent, newId, type Conversation } from '#events';
import { createTopics, EventProducer } from '#messaging';
import { Counters, createLogger } from '#observability';
import { createDataSource, findDrift, migrate } from '#storage';
import { FakePoint, fakeFacts } from '../test/fake-point.js';
import { Ear } from '../test/ear.js';
import { Scene, conversation, wish, clinicalConversation } from '../test/scene.js';
import { storage } from './data-source.js';
import { startEnforcement, type Running } from './enforcement.module.js';
import type { Isolation } from './wanted/wanted.js';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const logger = createLogger('test', 'silent');
const MIN = 60_000;

/** A device of its own in each test: the topics are shared by the run. */
class Ward {
  readonly deviceId = newId();
  readonly quarantineId = newId();
  readonly mac: string;
  readonly pointId = `sw-${newId().slice(-12)}`;
  readonly sensorId = `${this.pointId}-ipfix`;
  readonly point = new FakePoint(() => new Date(), this.pointId);

  constructor(private readonly producer: EventProducer) {
    const tail = newId().replaceAll('-', '').slice(-6).match(/../g) ?? [];
    this.mac = `08:00:06:${tail.join(':')}`;
    this.point.plug('mri', 10, [this.mac]).plug('spare', 10, []).plug('r10', 10, null);
  }

  async plugged(port: string, revision = 1): Promise<void> {
    const scene = new Scene();
    scene.plugged(port);
    const { location } = scene.disk;
    if (!location) throw new Error('no location');
    const interfaces = location.interfaces.map((one) => ({ ...one, mac: this.mac, pointId: this.pointId }));
    const data = { ...location, deviceId: this.deviceId, revision, interfaces };
    await this.publish({ type: 'lazaret.device.changed', source: '/discovery', subject: this.deviceId, data });
  }

  wish(changes: Partial<Isolation> = {}): Isolation {
    const own = { deviceId: this.deviceId, quarantineId: this.quarantineId, macs: [this.mac] };
    return { ...wish(), ...own, ...changes };
  }

  async asks(): Promise<void> {
    const { planDigest: _, ...data } = this.wish({ generation: 1 });
    await this.publish({
      type: 'lazaret.wanted.preview',
      source: '/orchestrator',
      subject: this.deviceId,
      partitionKey: `${this.deviceId}/preview`,
      data: { ...data, mode: 'preview' },
    });
  }

  async wants(changes: Partial<Isolation>): Promise<void> {
    const data = this.wish(changes);
    await this.publish({ type: 'lazaret.wanted.isolation', source: '/orchestrator', subject: this.deviceId, data });
  }

  async sees(...seen: Conversation[]): Promise<void> {
    const now = new Date().toISOString();
    await this.publish({
      type: 'lazaret.conversations.seen',
      source: '/discovery',
      subject: this.deviceId,
      data: {
        deviceId: this.deviceId,
        sensorId: this.sensorId,
        observedUntil: now,
        conversations: seen.map((one) => ({ ...one, mac: this.mac })),
      },
    });
  }

  async sensorReports(): Promise<void> {
    const now = new Date().toISOString();
    await this.publish({
      type: 'lazaret.sensor.reported',
      source: '/discovery',
      subject: this.sensorId,
      data: {
        sensorId: this.sensorId,
        kind: 'ipfix',
        site: 'north',
        trustDomain: 'switch',
        authenticated: true,
        authenticatedBy: 'management-network',
        covers: [`point:${this.pointId}`],
        lastRecordAt: now,
        observedUntil: now,
        clockOffsetMs: 0,
        recordsPerSecond: 1,
        lost: 0,
        droppedBySocket: 0,
        parseFailures: 0,
        problems: [],
      },
    });
  }

  private async publish(input: Omit<Parameters<typeof makeEvent>[0], 'time'>): Promise<void> {
    const event = makeEvent({ ...input, time: new Date() } as Parameters<typeof makeEvent>[0]);
    await this.producer.publish([event]);
  }
}

describe('enforcement, on a real broker and database, over a fake point', () => {
  let producer: EventProducer;
  let ear: Ear;
  let owner: Client;
  let url: string;
  let running: Running | undefined;
  let undoDirectory: string;

  const start = async (point: FakePoint): Promise<void> => {
    running = await startEnforcement({
      databaseUrl: url,
      brokers,
      points: [{ facts: { ...fakeFacts, id: point.pointId }, driver: point }],
      interlocks: { protectedMacs: [], infrastructureMacs: [], isolationsAnHour: 50 },
      undoDirectory,
      logger,
      counters: new Counters(),
    });
  };

  beforeAll(async () => {
    await createTopics(brokers, { logger });
    producer = new EventProducer({ brokers, clientId: 'test', logger });
    await producer.connect();
    ear = await new Ear(brokers).open();
  }, MIN);

  beforeEach(async () => {
    undoDirectory = mkdtempSync(join(tmpdir(), 'lazaret-undo-'));
    const admin = new Client({ connectionString: process.env['DATABASE_URL'] });
    await admin.connect();
    const name = `enforcement_${newId().replaceAll('-', '')}`;
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    const ownerUrl = new URL(process.env['DATABASE_URL'] ?? '');
    ownerUrl.pathname = `/${name}`;
    await migrate({ ...storage, url: ownerUrl.href, password: 'test' });
    owner = new Client({ connectionString: ownerUrl.href, options: '-c search_path=enforcement' });
    await owner.connect();
    const own = new URL(ownerUrl.href);
    own.username = 'lazaret_enforcement';
    own.password = 'test';
    url = own.href;
  }, MIN);

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await owner.end();
  }, MIN);

  afterAll(async () => {
    await ear?.close();
    await producer?.close();
  });

  it('has tables that are what its entities say', async () => {
    const dataSource = await createDataSource({ ...storage, url }).initialize();
    expect(await findDrift(dataSource)).toEqual([]);
    await dataSource.destroy();
  });

  it('plans for a preview, isolates what is wanted, proves it and releases it', async () => {
    const ward = new Ward(producer);
    await start(ward.point);
    await ward.plugged('mri');
    await ward.sensorReports();
    await ward.asks();
    const plan = await ear.plan(ward.deviceId, () => true);
    expect(plan).toMatchObject({ possible: true, cut: [], interruptionMs: 0 });
    expect(ward.point.history).toEqual([]);

    const askedAt = Date.now();
    await ward.wants({ planDigest: plan.planDigest });
    const acknowledged = await ear.isolation(ward.deviceId, (one) => one.truth === 'acknowledged');
    console.warn(`wanted to acknowledged, heard over the broker: ${Date.now() - askedAt} ms`);
    expect(acknowledged).toMatchObject({ conditions: [], refusal: null, generation: 2, planDigest: plan.planDigest });
    expect(ward.point.history.map((one) => one.kind)).toEqual(['installed', 'tag']);
    const [sheet] = readdirSync(undoDirectory);
    expect(readFileSync(join(undoDirectory, sheet ?? ''), 'utf8')).toContain('fake-undo mri 10');

    const deniedAt = Date.now();
    await ward.sees(clinicalConversation(deniedAt), conversation(deniedAt, { deniedOut: 1 }));
    await new Promise((resolve) => setTimeout(resolve, 520));
    await ward.sees(conversation(Date.now(), { deniedOut: 1 }));
    const proven = await ear.isolation(ward.deviceId, (one) => one.truth === 'proven');
    console.warn(`first denied frame to proven, heard over the broker: ${Date.now() - deniedAt} ms`);
    expect(proven.interfaces).toMatchObject([
      { clinical: 'moved', containedBy: ward.sensorId, deniedFrames: 2, vlan: 66 },
    ]);

    await ward.wants({ mode: 'release', generation: 3, permits: [], planDigest: null });
    await ear.isolation(ward.deviceId, (one) => one.mode === 'release' && one.truth === 'acknowledged');
    expect(ward.point.at('mri')).toMatchObject({ vlan: 10, mark: null });
    expect(ward.point.entries).toEqual([]);
    const { rows } = await owner.query('SELECT step, purpose, state FROM attempts ORDER BY attempt_id');
    expect(rows).toEqual([
      { step: 'install-entries', purpose: 'isolate', state: 'ack' },
      { step: 'move-port', purpose: 'isolate', state: 'ack' },
      { step: 'restore-port', purpose: 'release', state: 'ack' },
      { step: 'remove-entries', purpose: 'release', state: 'ack' },
    ]);
  });

  it('never applies an older generation over a newer one, and does again at start what it was told before', async () => {
    const ward = new Ward(producer);
    await start(ward.point);
    await ward.plugged('mri');
    await ward.asks();
    const { planDigest } = await ear.plan(ward.deviceId, () => true);
    await running?.stop();
    await ward.wants({ planDigest, generation: 7, mode: 'release', permits: [] });
    await ward.wants({ planDigest, generation: 2 });
    await start(ward.point);
    await ear.isolation(ward.deviceId, (one) => one.generation === 7 && one.truth === 'acknowledged');
    expect(ward.point.history).toEqual([]);
  });

  it('holds at once, writes nothing while held, and isolates when the hold ends', async () => {
    const ward = new Ward(producer);
    await start(ward.point);
    await ward.plugged('mri');
    await ward.asks();
    const { planDigest } = await ear.plan(ward.deviceId, () => true);
    await ward.wants({ planDigest, frozen: true });
    await ear.isolation(ward.deviceId, (one) => one.conditions.some(({ condition }) => condition === 'Held'));
    expect(ward.point.history).toEqual([]);
    const endedAt = Date.now();
    await ward.wants({ planDigest, frozen: false });
    await ear.isolation(ward.deviceId, (one) => one.truth === 'acknowledged' && one.conditions.length === 0);
    expect(Date.now() - endedAt).toBeLessThan(5000);
    expect(ward.point.history.map((one) => one.kind)).toEqual(['installed', 'tag']);
  });
});
