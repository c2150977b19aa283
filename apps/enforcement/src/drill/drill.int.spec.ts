import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, type Consumer } from 'kafkajs';
import type { Client } from 'pg';
import type { DriverProfile, Step } from '#driver';
import { TOPICS, makeEvent, newId, type PointReported } from '#events';
import { EventProducer, createTopics } from '#messaging';
import { Counters, createLogger } from '#observability';
import { freshDatabase } from '../../test/database.js';
import { FakePoint } from '../../test/fake-point.js';
import { OvsDriver } from '../drivers/ovs/ovs.driver.js';
import { ovsProfile } from '../drivers/ovs/profile.js';
import { OvsFixture, subject } from '../drivers/ovs/testing/ovs-fixture.client.js';
import { startEnforcement, type EnforcementOptions, type Running } from '../enforcement.module.js';
import { describePoint } from '../points/description.js';
import type { DrillRequest } from './drill.js';
import { ProbeAgent } from './probe-agent.client.js';
import { SwitchProber } from './testing/switch-prober.client.js';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const logger = createLogger('test', 'silent');
const MIN = 60_000;
const PROBE = '10.20.0.10';

/** A driver whose own word is worth nothing until it is drilled, as that of any switch that was never here. */
class NewDriver extends OvsDriver {
  override readonly profile: DriverProfile = { ...ovsProfile, confirmed: false };
  /** What happens instead of this step, once. */
  instead: { kind: Step['kind']; fails: () => Promise<void> } | null = null;

  override apply(...[step, fence]: Parameters<OvsDriver['apply']>): Promise<void> {
    if (this.instead?.kind !== step.kind) return super.apply(step, fence);
    const { fails } = this.instead;
    this.instead = null;
    return fails();
  }
}

/** The whole service, a real broker and database, a real switch, and a test device that answers frames of a real probe. */
describe('a drill on a real switch', () => {
  let producer: EventProducer;
  let consumer: Consumer;
  let owner: Client;
  let fixture: OvsFixture;
  let prober: SwitchProber;
  let agent: ProbeAgent;
  let running: Running | undefined;
  let options: EnforcementOptions;
  let driver: NewDriver;
  let id: string;
  let before: { port: string; entries: string };
  const heard: PointReported['data'][] = [];

  const start = async (changes: Partial<EnforcementOptions> = {}): Promise<void> => {
    const { quarantineVlan, vlans } = fixture.point;
    driver = new NewDriver({ ...fixture.point, id });
    const facts = { id, switches: [id], policyPoint: null, quarantineVlan, vlans };
    running = await startEnforcement({ ...options, points: [{ facts, profile: driver.profile, driver }], ...changes });
  };
  const report = async (fits: (one: PointReported['data']) => boolean): Promise<PointReported['data']> => {
    for (const until = Date.now() + 30_000; Date.now() < until;) {
      const found = heard.findLast((one) => one.pointId === id && fits(one));
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`not reported; last: ${JSON.stringify(heard.findLast((one) => one.pointId === id))}`);
  };
  const ask = async (changes: Partial<DrillRequest> = {}): Promise<string> => {
    const now = new Date();
    const data: DrillRequest = {
      drillId: newId(),
      pointId: id,
      requestedBy: 'ann',
      requestedAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + 60_000).toISOString(),
      port: subject.port,
      mac: subject.mac,
      mode: null,
      ...changes,
    };
    const place = { source: '/orchestrator', subject: id, partitionKey: `point/${id}/drill`, time: now } as const;
    await producer.publish([makeEvent({ type: 'lazaret.wanted.drill', ...place, data })]);
    return data.drillId;
  };
  const ended = (drillId: string): Promise<PointReported['data']> =>
    report((one) => one.drillId === drillId && one.drillEndedAt !== null);
  const expectUntouched = async (): Promise<void> => {
    expect(await fixture.observer.portText(subject.port)).toBe(before.port);
    expect(await fixture.observer.entriesText()).toBe(before.entries);
  };

  beforeAll(async () => {
    await createTopics(brokers, { logger });
    producer = new EventProducer({ brokers, clientId: 'test', logger });
    consumer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).consumer({ groupId: newId(), maxWaitTimeInMs: 20 });
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topic: TOPICS.points, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        heard.push((JSON.parse(String(message.value)) as PointReported).data);
      },
    });
    fixture = await OvsFixture.start();
  }, MIN);

  beforeEach(async () => {
    id = `sw-${newId().slice(-12)}`;
    prober = new SwitchProber(fixture);
    const folder = mkdtempSync(join(tmpdir(), 'lazaret-drill-'));
    const socket = join(folder, 'agent.sock');
    agent = await ProbeAgent.listen({ socket, only: [subject.address], prober });
    before = { port: await fixture.observer.portText(subject.port), entries: await fixture.observer.entriesText() };
    const database = await freshDatabase(process.env['DATABASE_URL']);
    owner = database.owner;
    options = {
      databaseUrl: database.url,
      brokers,
      points: [],
      interlocks: { protectedMacs: [], infrastructureMacs: [], isolationsAnHour: 50 },
      undoDirectory: join(folder, 'undo'),
      descriptions: new Map([[id, describePoint({ ...fixture.point, id })]]),
      testPorts: [
        {
          point: id,
          switch: id,
          port: subject.port,
          mac: subject.mac,
          address: subject.address,
          address6: null,
          vlan: null,
          probe: { address: PROBE, address6: null, agent: `unix:${socket}` },
          ports: { permitted: 50_104, other: 50_445 },
        },
      ],
      logger,
      counters: new Counters(),
    };
    await start();
  }, MIN);

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await agent.close();
    await owner.end();
  }, MIN);

  afterAll(async () => {
    await fixture?.stop();
    await consumer?.disconnect();
    await producer?.close();
  });

  it('reports the point at once: whether it answers, and that nobody has confirmed what it can do', async () => {
    const seen = await report((one) => one.reachable === true);
    expect(seen).toMatchObject({
      kind: 'ovs',
      confirmed: false,
      confirmedBy: 'nobody',
      interruption: 'break',
      direction: 'from-device',
      testPorts: [{ switch: id, port: subject.port, mac: subject.mac }],
      breaker: 'closed',
    });
    expect(seen.findings.every(({ ok }) => ok)).toBe(true);
    expect(seen.modes.find((one) => one.planMode === 'filter')).toMatchObject({ usable: false });
    await fixture.cut();
    expect((await report((one) => one.reachable === false)).lastFailure).not.toBe('');
    await fixture.heal();
  });

  it('reports a point although another one never answers, and that one too', async () => {
    await running?.stop();
    heard.length = 0;
    const { quarantineVlan, vlans } = fixture.point;
    const dead = new (class extends FakePoint {
      override probe = () => new Promise<never>(() => undefined);
    })(() => new Date(), `${id}-dead`);
    const facts = { id, switches: [id], policyPoint: null, quarantineVlan, vlans };
    const points = [
      { facts: { ...facts, id: dead.pointId, switches: [] }, profile: dead.profile, driver: dead },
      { facts, profile: driver.profile, driver: new NewDriver({ ...fixture.point, id }) },
    ];
    const described = describePoint({ ...fixture.point, id });
    await start({ points, descriptions: new Map(points.map((one) => [one.facts.id, described])) });
    await report((one) => one.reachable === true);
    expect(heard.find(({ pointId }) => pointId === dead.pointId)).toMatchObject({ reachable: null, probedAt: null });
  });

  it('asks only what is harmless where no test port is named, and confirms nothing', async () => {
    const seen = await ended(await ask({ port: null, mac: null }));
    expect(seen).toMatchObject({ drillState: 'passed', confirmed: false });
    expect(seen.drillFindings.map(({ check }) => check)).toContain(`entry budget of ${id}`);
    await expectUntouched();
  });

  it('isolates the test device, measures, takes it back, and the point goes by what was measured', async () => {
    const begun = Date.now();
    const seen = await ended(await ask({ mode: 'vlan-bridged' }));
    console.warn(`a real drill took ${Date.now() - begun} ms: ${JSON.stringify(seen.drillFindings)}`);
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect(seen).toMatchObject({
      drillState: 'passed',
      confirmed: true,
      confirmedBy: 'drill',
      drilledBy: 'ann',
      order: 'make-before-break',
      interruption: 'none',
      direction: 'both',
      // No IPv6 address was named, so nothing is said of it.
      covers: 'ipv4',
    });
    const journal = await fixture.observer.journal();
    const tags = journal.flatMap((one) => (one.kind === 'port' && one.port === subject.port ? [one.vlan] : []));
    expect(tags).toContain(66);
    await expectUntouched();
    expect(readdirSync(options.undoDirectory)).toHaveLength(1);
    const steps = await owner.query('SELECT step, state FROM attempts ORDER BY attempt_id');
    expect(steps.rows.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'install-entries ack',
      'move-port ack',
      'restore-port ack',
      'remove-entries ack',
    ]);
  });

  it('keeps what it has confirmed over a restart, until something else is configured', async () => {
    const drilled = await ended(await ask());
    expect([drilled.drillState, drilled.drillFindings.filter(({ ok }) => ok === false)]).toEqual(['passed', []]);
    await running?.stop();
    heard.length = 0;
    await start();
    expect(await report(() => true)).toMatchObject({ confirmed: true });
    await running?.stop();
    heard.length = 0;
    await start({ descriptions: new Map([[id, describePoint({ ...fixture.point, id, timeoutMs: 999 })]]) });
    expect(await report(() => true)).toMatchObject({ confirmed: false, drilledAt: null });
  });

  it('touches no device that enforcement’s own file does not name', async () => {
    const seen = await ended(await ask({ mac: '08:00:06:10:00:12' }));
    expect(seen.drillState).toBe('refused');
    expect(seen.drillFindings[0]?.detail).toContain('names no test device');
    await expectUntouched();
    expect((await owner.query('SELECT 1 FROM attempts')).rows).toEqual([]);
  });

  it('holds the interlocks: a test device that is protected is not isolated', async () => {
    await running?.stop();
    await start({ interlocks: { ...options.interlocks, protectedMacs: [subject.mac] } });
    const seen = await ended(await ask());
    expect(seen.drillState).toBe('failed');
    expect(JSON.stringify(seen.drillFindings)).toContain('protected list');
    await expectUntouched();
  });

  it('is done once however often it is read, and never late', async () => {
    const late = await ask({ expiresAt: new Date(Date.now() - 1).toISOString() });
    expect((await ended(late)).drillState).toBe('expired');
    const drillId = await ask();
    await ask({ drillId });
    await ended(drillId);
    await ask({ drillId });
    await ended(await ask({ port: null, mac: null }));
    const { rows } = await owner.query(`SELECT count(*)::int AS moves FROM attempts WHERE step = 'install-entries'`);
    expect(rows).toEqual([{ moves: 1 }]);
  });

  it('writes nothing where the test device does not answer', async () => {
    prober.lie = 'dead';
    const seen = await ended(await ask());
    expect(seen).toMatchObject({ drillState: 'failed', confirmed: false });
    expect(seen.drillFindings.at(-1)?.detail).toContain('does not answer');
    await expectUntouched();
  });

  it('F5 confirms nothing where the point reads as isolated and what nobody permitted still comes through', async () => {
    prober.lie = 'open';
    const seen = await ended(await ask());
    expect(seen).toMatchObject({ drillState: 'failed', confirmed: false });
    expect(seen.drillFindings.find(({ check }) => check === 'contained')?.ok).toBe(false);
    await expectUntouched();
  });

  it('releases after a crash in the middle what it has written, and confirms nothing', async () => {
    driver.instead = { kind: 'move-port', fails: () => Promise.reject(new Error('as if the process had ended here')) };
    const drillId = await ask({ mode: 'vlan-bridged' });
    const left = `SELECT 1 FROM attempts WHERE quarantine_id = $1 AND step = 'move-port'`;
    for (let i = 0; (await owner.query(left, [drillId])).rows.length === 0 && i < 500; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await running?.stop();
    expect(await fixture.observer.entriesText()).not.toBe(before.entries);
    await owner.query('UPDATE point_drills SET leased_until = now()');
    await start();
    const seen = await ended(drillId);
    expect(seen).toMatchObject({ drillState: 'failed', confirmed: false });
    expect(seen.drillFindings.at(-1)).toMatchObject({ check: 'release', ok: true });
    await expectUntouched();
  });
});
