import { makeEvent, newId, type LazaretEvent, type Observation, type QuarantineEventData } from '#events';
import { createTopics, EventProducer } from '#messaging';
import { createLogger } from '#observability';
import { createDataSource, findDrift } from '#storage';
import type { Client } from 'pg';
import { attempt, contract, lookUp, reported } from '../test/observing.js';
import { brokers, compile, eventually, freshDatabase, Listener, Service } from '../test/service.js';
import { storage } from './data-source.js';
import { confickerNames, DAY_MS } from './detectors/command/conficker/generator.js';

const SCAN_STEP = 6.02;
const MIN = 60_000;
const now = () => ({ at: new Date().toISOString(), receivedAt: new Date().toISOString() });
const names = confickerNames('B', Math.floor(Date.now() / DAY_MS));

let peers = 1;
const failure = (): Observation => {
  peers += 1;
  return attempt(0, { ...now(), peerAddress: `172.31.${peers >> 8}.${peers & 255}` });
};

describe('risk-scoring as a process, on a real broker and database', () => {
  let url: string;
  let owner: Client;
  let producer: EventProducer;
  let listener: Listener;
  const services: Service[] = [];

  const start = async (settings: Record<string, unknown> = {}) => {
    const service = await Service.start(url, { siteSuffixes: ['ward.test'], snapshotSeconds: 300, ...settings });
    services.push(service);
    return service;
  };
  const observe = (deviceId: string, ...observations: Observation[]) =>
    producer.publish([reported(deviceId, observations)]);
  const evidenceOf = async (deviceId: string) =>
    (await owner.query('SELECT evidence_id, decibans FROM evidence WHERE device_id = $1', [deviceId])).rows as {
      evidence_id: string;
      decibans: number;
    }[];

  beforeAll(async () => {
    compile();
    const logger = createLogger('test', 'silent');
    await createTopics(brokers(), { logger });
    producer = new EventProducer({ brokers: brokers(), clientId: 'test', logger });
    await producer.connect();
    listener = await new Listener().open();
  }, 3 * MIN);

  beforeEach(async () => {
    ({ url, owner } = await freshDatabase());
  }, MIN);

  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.end('SIGKILL')));
    await owner.end();
  });

  afterAll(async () => {
    await listener?.close();
    await producer?.close();
  });

  it('has tables that are what its entities say', async () => {
    const dataSource = await createDataSource({ ...storage, url }).initialize();
    expect(await findDrift(dataSource)).toEqual([]);
    await dataSource.destroy();
  });

  it(
    'tells each level within milliseconds and ends at once on SIGTERM, with its state saved',
    async () => {
      const service = await start();
      const mri = newId();
      const delays: number[] = [];
      const levels = ['watch', 'propose'] as const;
      for (const [i, level] of levels.entries()) {
        const sentAt = Date.now();
        await observe(mri, lookUp(0, names[2 * i]!, now()), ...(i === 0 ? [failure()] : []));
        await listener.hears(mri, (data) => data.level === level);
        delays.push(listener.told.findLast(({ event }) => event.subject === mri)!.heardAt - sentAt);
      }
      console.warn(`observation to assessment, both ways through the broker: ${delays.join(' and ')} ms`);
      // A machine that does much else is slow; the line above is what to look at.
      expect(Math.min(...delays)).toBeLessThan(1000);

      expect(await service.end('SIGTERM')).toBe(0);
      const { rows } = await owner.query(
        'SELECT s.next_offset FROM snapshots s JOIN progress p USING (partition, next_offset)',
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(await evidenceOf(mri)).toHaveLength(3);
    },
    2 * MIN,
  );

  it(
    'comes to the same after a kill between telling and saving, and repeats no evidence',
    async () => {
      const first = await start();
      const mri = newId();
      await observe(mri, failure(), failure(), failure());
      await listener.hears(mri, (data) => data.counted > 17);
      await eventually(async () => ((await evidenceOf(mri)).length === 3 ? true : undefined));
      await first.end('SIGKILL');
      expect((await owner.query('SELECT 1 FROM snapshots')).rows).toEqual([]);

      await start();
      // Told again, with an offset that readers know already.
      const [once, again] = await eventually(() => (listener.of(mri).length > 1 ? listener.of(mri) : undefined));
      expect([again?.asOfOffset, again?.assessmentId === once?.assessmentId]).toEqual([once?.asOfOffset, false]);
      expect(again?.counted).toBeCloseTo(once!.counted, 0);
      await observe(mri, failure());
      const after = await listener.hears(mri, (data) => data.level === 'watch');
      expect(after.counted).toBeCloseTo(4 * SCAN_STEP, 0);
      await eventually(async () => ((await evidenceOf(mri)).length === 4 ? true : undefined));
    },
    2 * MIN,
  );

  it(
    'goes on from its snapshot after a kill, and reads nothing before it again',
    async () => {
      const first = await start({ snapshotSeconds: 0.5 });
      const mri = newId();
      await observe(mri, failure(), failure());
      const { asOfOffset, asOfPartition } = await listener.hears(mri, (data) => data.counted > 11);
      await eventually(async () => {
        const { rows } = await owner.query('SELECT next_offset FROM snapshots WHERE partition = $1', [asOfPartition]);
        return BigInt(rows[0]?.next_offset ?? 0) === BigInt(asOfOffset) + 1n ? true : undefined;
      });
      await first.end('SIGKILL');
      await owner.query('DELETE FROM evidence');

      await start();
      await observe(mri, failure(), failure());
      const after = await listener.hears(mri, (data) => data.level === 'watch');
      expect(after.parts[0]).toMatchObject({ detector: 'scan', items: 4 });
      await eventually(async () => ((await evidenceOf(mri)).length === 2 ? true : undefined));
    },
    2 * MIN,
  );

  it(
    'takes over what another replica held when that one is killed',
    async () => {
      const devices = Array.from({ length: 12 }, () => newId());
      const replicas = await Promise.all([start({ snapshotSeconds: 0.5 }), start({ snapshotSeconds: 0.5 })]);
      await Promise.all(devices.map((device) => observe(device, failure(), failure())));
      await Promise.all(devices.map((device) => listener.hears(device, (data) => data.counted > 11)));
      await replicas[0].end('SIGKILL');
      await Promise.all(devices.map((device) => observe(device, failure(), failure())));
      for (const device of devices) {
        const after = await listener.hears(device, (data) => data.level === 'watch');
        expect(after.counted).toBeCloseTo(4 * SCAN_STEP, 0);
      }
      for (const device of devices) {
        await eventually(async () => ((await evidenceOf(device)).length === 4 ? true : undefined));
      }
    },
    2 * MIN,
  );

  it(
    'excuses the flows of a contract and forgets what a person released, whichever replica heard of it',
    async () => {
      await Promise.all([start(), start()]);
      const devices = Array.from({ length: 6 }, () => newId());
      const contracts = devices.map((device) => contract(device, [{ peerAddress: '10.20.0.10', port: 104 }]));
      await producer.publish(contracts);
      await eventually(async () => {
        const { rows } = await owner.query("SELECT key FROM contexts WHERE kind = 'contract'");
        return devices.every((device) => rows.some((row) => row.key === device)) ? true : undefined;
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
      const store = () => attempt(0, { ...now(), peerAddress: '10.20.0.10', port: 104 });
      await Promise.all(devices.map((device) => observe(device, store(), ...Array.from({ length: 4 }, failure))));
      for (const device of devices) {
        const { parts } = await listener.hears(device, (data) => data.level === 'watch');
        expect(parts[0]).toMatchObject({ items: 4 });
      }

      // Both lose every connection that they have, and hear of the release all the same.
      await owner.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'lazaret_risk_scoring'",
      );
      await producer.publish(devices.map(released));
      for (const device of devices) {
        const after = await listener.hears(device, (data) => data.level === 'none');
        expect(after).toMatchObject({ counted: 0, parts: [] });
      }
      await Promise.all(devices.map((device) => observe(device, lookUp(0, names[9]!, now()))));
      for (const device of devices) await listener.hears(device, (data) => data.counted === 16);
    },
    2 * MIN,
  );
});

function released(deviceId: string): LazaretEvent {
  const data: QuarantineEventData = {
    quarantineId: newId(),
    version: 4,
    deviceId,
    asset: 'MRI-3',
    name: 'MRI 3',
    modality: 'MR',
    criticality: 'important',
    site: 'north',
    ward: 'radiology',
    decision: 'released',
    truth: 'proven',
    conditions: [],
    actor: 'approver-1',
    actorRole: 'approver',
    reason: 'cleaned by the vendor',
    approvalsNeeded: 1,
    approvalsGiven: 1,
    level: 'watch',
    logOdds: -16,
    inWords: '',
    planDigest: null,
    epoch: 1,
    generation: 3,
    kept: 1,
    cut: 0,
    url: '/v1/quarantines/1',
    undo: '',
  };
  const event = { source: '/orchestrator', subject: deviceId, time: new Date(), data } as const;
  return makeEvent({ type: 'lazaret.quarantine.released', ...event });
}
