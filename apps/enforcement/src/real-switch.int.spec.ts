import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { createTopics, EventProducer } from '#messaging';
import { Counters, createLogger } from '#observability';
import { freshDatabase } from '../test/database.js';
import { Ear } from '../test/ear.js';
import { clinicalConversation, conversation, permit } from '../test/scene.js';
import { Teller } from '../test/teller.js';
import { makePoint } from './drivers/point.js';
import { OvsFixture, subject } from './drivers/ovs/testing/ovs-fixture.client.js';
import { startEnforcement, type Running } from './enforcement.module.js';
import type { Isolation } from './wanted/wanted.js';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const logger = createLogger('test', 'silent');
const MIN = 60_000;
const permits = [permit(), permit({ flowId: 'flow-commit', port: 11113, opener: 'peer' })];

/** The whole service but its sensors: real switch, real broker, real database. */
describe('enforcement on a real switch', () => {
  let producer: EventProducer;
  let ear: Ear;
  let owner: Client;
  let url: string;
  let fixture: OvsFixture;
  let running: Running | undefined;
  let told: Teller;
  let before: { port: string; entries: string };

  const start = async (): Promise<void> => {
    // A name of its own: the topics are shared by the run, and what another test wanted must not reach this switch.
    const id = told.pointId;
    running = await startEnforcement({
      databaseUrl: url,
      brokers,
      points: [makePoint({ ...fixture.point, id })],
      interlocks: { protectedMacs: [], infrastructureMacs: [], isolationsAnHour: 50 },
      undoDirectory: mkdtempSync(join(tmpdir(), 'lazaret-undo-')),
      logger,
      counters: new Counters(),
    });
  };
  const wants = (changes: Partial<Isolation>): Promise<void> => told.wants({ permits, ...changes });
  /** Each VLAN that the port has been in since the test began. */
  const tags = async (): Promise<(number | null)[]> => {
    const vlans = (await fixture.observer.journal()).flatMap((one) =>
      one.kind === 'port' && one.port === subject.port ? [one.vlan] : [],
    );
    return [10, ...vlans].filter((vlan, index, all) => vlan !== all[index - 1]).slice(1);
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 200; tries += 1) {
      // The switch's own tools fail while it restarts.
      if (await holds().catch(() => false)) return;
      await sleep(25);
    }
    throw new Error('it did not come to hold within 5 s');
  };
  const number = async (): Promise<number> => {
    const query = 'SELECT number FROM device_numbers WHERE device_id = $1';
    const { rows } = await owner.query<{ number: string }>(query, [told.deviceId]);
    return Number(rows[0]?.number);
  };
  const entries = async (): Promise<number> => fixture.observer.entriesOf(await number());

  /** Isolated by way of preview and approval; returns the digest. */
  const isolated = async (): Promise<string> => {
    await told.plugged(subject.port);
    await told.asks({ permits });
    const { planDigest } = await ear.plan(told.deviceId, (plan) => plan.possible);
    const askedAt = Date.now();
    await wants({ planDigest });
    await ear.isolation(told.deviceId, (one) => one.truth === 'acknowledged');
    console.warn(`wanted to acknowledged on a real switch: ${Date.now() - askedAt} ms`);
    return planDigest;
  };

  beforeAll(async () => {
    await createTopics(brokers, { logger });
    producer = new EventProducer({ brokers, clientId: 'test', logger });
    await producer.connect();
    ear = await new Ear(brokers).open();
  }, MIN);

  beforeEach(async () => {
    fixture = await OvsFixture.start();
    before = { port: await fixture.observer.portText(subject.port), entries: await fixture.observer.entriesText() };
    ({ url, owner } = await freshDatabase(process.env['DATABASE_URL']));
    told = new Teller(producer, { mac: subject.mac });
    await start();
  }, MIN);

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await fixture.stop();
    await owner.end();
  }, MIN);

  afterAll(async () => {
    await ear?.close();
    await producer?.close();
  });

  it('F25 isolates: the archive is reached, the neighbour is not; a release puts back exactly what was there', async () => {
    await told.sensorReports();
    await isolated();
    expect(await tags()).toEqual([66]);
    expect(await fixture.probe({ from: 'device', to: 'peer', what: 'opening' })).toBe(true);
    expect(await fixture.probe({ from: 'device', to: 'neighbour', what: 'opening' })).toBe(false);

    const at = Date.now();
    await told.sees(clinicalConversation(at), conversation(at, { deniedOut: 1 }));
    await sleep(520);
    await told.sees(conversation(Date.now(), { deniedOut: 1 }));
    await ear.isolation(told.deviceId, (one) => one.truth === 'proven');

    await wants({ mode: 'release', generation: 3, permits: [], planDigest: null });
    await ear.isolation(told.deviceId, (one) => one.mode === 'release' && one.truth === 'acknowledged');
    expect(await fixture.observer.portText(subject.port)).toBe(before.port);
    expect(await fixture.observer.entriesText()).toBe(before.entries);
    expect(await fixture.probe({ from: 'device', to: 'neighbour', what: 'opening' })).toBe(true);
  });

  it('puts back what a hand has removed twice, and stops the third time', async () => {
    await isolated();
    const all = await entries();
    for (let times = 1; times <= 2; times += 1) {
      await fixture.removeEntries(await number());
      await until(async () => (await entries()) === all);
    }
    await ear.isolation(told.deviceId, (one) => one.conditions.some(({ condition }) => condition === 'Drifted'));
    await fixture.removeEntries(await number());
    await ear.isolation(told.deviceId, (one) => one.conditions.some(({ condition }) => condition === 'Conflict'));
    await sleep(1500);
    expect(await entries()).toBe(0);
  });

  it('puts the permits back after a restart of the switch, and calls it no drift', async () => {
    await isolated();
    const all = await entries();
    for (let times = 1; times <= 3; times += 1) {
      // The driver tells runs of the switch apart by their start, to the second.
      await sleep(2100);
      await fixture.restartPoint();
      await until(async () => (await entries()) === all);
    }
    expect((await owner.query('SELECT 1 FROM drifts')).rows).toEqual([]);
    expect(await tags()).toEqual([66]);
  });

  it('stops at a tag changed by hand, stays stopped under a hold, and isolates within 5 s when the hold ends', async () => {
    const planDigest = await isolated();
    await fixture.setVlan(subject.port, 10);
    await ear.isolation(told.deviceId, (one) => one.conditions.some(({ condition }) => condition === 'Conflict'));
    await wants({ planDigest, frozen: true });
    await ear.isolation(told.deviceId, (one) => one.conditions.some(({ condition }) => condition === 'Held'));
    await sleep(1500);
    expect(await fixture.observer.vlanOf(subject.port)).toBe(10);
    expect(await tags()).toEqual([66, 10]);
    const endedAt = Date.now();
    await wants({ planDigest, frozen: false });
    await until(async () => (await fixture.observer.vlanOf(subject.port)) === 66);
    expect(Date.now() - endedAt).toBeLessThan(5000);
  });

  it('is Unreachable while the switch can not be managed, and goes on when it can', async () => {
    const planDigest = await isolated();
    await fixture.cut();
    await ear.isolation(told.deviceId, (one) => one.conditions.some(({ condition }) => condition === 'Unreachable'));
    await wants({ planDigest, mode: 'release', generation: 3, permits: [] });
    await fixture.heal();
    await ear.isolation(told.deviceId, (one) => one.mode === 'release' && one.truth === 'acknowledged');
    expect(await fixture.observer.portText(subject.port)).toBe(before.port);
  });

  it.each(['entries', 'vlan'] as const)('carries out once what the switch did without an answer: %s', async (to) => {
    fixture.loseAnswer(to);
    await told.plugged(subject.port);
    await told.asks({ permits });
    const { planDigest } = await ear.plan(told.deviceId, (plan) => plan.possible);
    await wants({ planDigest });
    await sleep(1500);
    await fixture.heal();
    await ear.isolation(told.deviceId, (one) => one.truth === 'acknowledged');
    expect(await tags()).toEqual([66]);
    const journal = await fixture.observer.journal();
    const added = journal.filter((one) => one.kind === 'entry' && one.change === 'added');
    expect(added).toHaveLength(await entries());
  });
});
