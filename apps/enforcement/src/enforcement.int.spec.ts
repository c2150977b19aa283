import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { createTopics, EventProducer } from '#messaging';
import { Counters, createLogger } from '#observability';
import { createDataSource, findDrift } from '#storage';
import { freshDatabase } from '../test/database.js';
import { FakePoint, pointOf } from '../test/fake-point.js';
import { Ear } from '../test/ear.js';
import { conversation, clinicalConversation } from '../test/scene.js';
import { Teller } from '../test/teller.js';
import { storage } from './data-source.js';
import { startEnforcement, type Running } from './enforcement.module.js';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const logger = createLogger('test', 'silent');
const MIN = 60_000;

function fake({ pointId, mac }: Teller): FakePoint {
  return new FakePoint(() => new Date(), pointId).plug('mri', 10, [mac]).plug('spare', 10, []).plug('r10', 10, null);
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
      points: [pointOf(point, { id: point.pointId, switches: [point.pointId] })],
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
    ({ url, owner } = await freshDatabase(process.env['DATABASE_URL']));
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
    const ward = new Teller(producer);
    const point = fake(ward);
    await start(point);
    await ward.plugged('mri');
    await ward.sensorReports();
    await ward.asks();
    const plan = await ear.plan(ward.deviceId, (one) => one.possible);
    expect(plan).toMatchObject({ possible: true, cut: [], interruptionMs: 0 });
    expect(point.history).toEqual([]);

    const askedAt = Date.now();
    await ward.wants({ planDigest: plan.planDigest });
    const acknowledged = await ear.isolation(ward.deviceId, (one) => one.truth === 'acknowledged');
    console.warn(`wanted to acknowledged, heard over the broker: ${Date.now() - askedAt} ms`);
    expect(acknowledged).toMatchObject({ conditions: [], refusal: null, generation: 2, planDigest: plan.planDigest });
    expect(point.history.map((one) => one.kind)).toEqual(['installed', 'tag']);
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
    expect(point.at('mri')).toMatchObject({ vlan: 10, mark: null });
    expect(point.entries).toEqual([]);
    const { rows } = await owner.query('SELECT step, purpose, state FROM attempts ORDER BY attempt_id');
    expect(rows).toEqual([
      { step: 'install-entries', purpose: 'isolate', state: 'ack' },
      { step: 'move-port', purpose: 'isolate', state: 'ack' },
      { step: 'restore-port', purpose: 'release', state: 'ack' },
      { step: 'remove-entries', purpose: 'release', state: 'ack' },
    ]);
  });

  it('never applies an older generation over a newer one, and does again at start what it was told before', async () => {
    const ward = new Teller(producer);
    const point = fake(ward);
    await start(point);
    await ward.plugged('mri');
    await ward.asks();
    const { planDigest } = await ear.plan(ward.deviceId, (one) => one.possible);
    await running?.stop();
    await ward.wants({ planDigest, generation: 7, mode: 'release', permits: [] });
    await ward.wants({ planDigest, generation: 2 });
    await start(point);
    await ear.isolation(ward.deviceId, (one) => one.generation === 7 && one.truth === 'acknowledged');
    expect(point.history).toEqual([]);
  });

  it('holds at once, writes nothing while held, and isolates when the hold ends', async () => {
    const ward = new Teller(producer);
    const point = fake(ward);
    await start(point);
    await ward.plugged('mri');
    await ward.asks();
    const { planDigest } = await ear.plan(ward.deviceId, (one) => one.possible);
    await ward.wants({ planDigest, frozen: true });
    await ear.isolation(ward.deviceId, (one) => one.conditions.some(({ condition }) => condition === 'Held'));
    expect(point.history).toEqual([]);
    const endedAt = Date.now();
    await ward.wants({ planDigest, frozen: false });
    await ear.isolation(ward.deviceId, (one) => one.truth === 'acknowledged' && one.conditions.length === 0);
    expect(Date.now() - endedAt).toBeLessThan(5000);
    expect(point.history.map((one) => one.kind)).toEqual(['installed', 'tag']);
  });
});
