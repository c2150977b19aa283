import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { newId } from '#events';
import { createDataSource } from '#storage';
import { Crash, CrashPoint } from '../test/crash.js';
import { freshDatabase } from '../test/database.js';
import { MRI, Scene, wish } from '../test/scene.js';
import type { Intent } from './apply/outcome.js';
import { storage } from './data-source.js';
import { PostgresLoopStore } from './loop.store.js';
import { keepLocation } from './read/location.store.js';
import type { Isolation } from './wanted/wanted.js';
import { keepWanted, openDevices } from './wanted/wanted.store.js';

const MIN = 60_000;
const STORE = ['load', 'keepUndo', 'begin', 'sent', 'save', 'answer'] as const;

describe("the loop's memory in PostgreSQL", () => {
  let owner: Client;
  let dataSource: DataSource;
  const undoDirectory = mkdtempSync(join(tmpdir(), 'lazaret-undo-'));

  const newStore = (holder = newId()): PostgresLoopStore =>
    new PostgresLoopStore({ dataSource, holder, undoDirectory, now: () => new Date() });
  const wants = (wanted: Isolation): Promise<boolean> => keepWanted(dataSource.manager, wanted, new Date());

  beforeAll(async () => {
    const database = await freshDatabase(process.env['DATABASE_URL']);
    owner = database.owner;
    dataSource = await createDataSource({ ...storage, url: database.url, poolSize: 20 }).initialize();
  }, MIN);

  afterEach(async () => {
    const { rows } = await owner.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'enforcement' AND tablename <> 'migrations'",
    );
    await owner.query(`TRUNCATE ${rows.map((row) => row.name).join(', ')}`);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await owner.end();
  });

  function intent(deviceId: string, changes: Partial<Intent> = {}): Intent {
    const step = { kind: 'remove-entries', deviceNumber: 7 } as const;
    return {
      deviceId,
      quarantineId: newId(),
      epoch: 1,
      generation: 2,
      step: { mac: MRI, pointId: 'sw-1', step, purpose: 'isolate', text: 'a step', putsBack: null },
      evenIfFrozen: false,
      isolationsAnHour: 3,
      ...changes,
    };
  }

  it('keeps only newer wishes; under the same generation a hold and its end', async () => {
    expect(await wants(wish({ generation: 5 }))).toBe(true);
    expect(await wants(wish({ generation: 4 }))).toBe(false);
    expect(await wants(wish({ generation: 5, frozen: true }))).toBe(true);
    const store = newStore();
    expect((await store.load(wish().deviceId))?.unfrozenAt).toBeNull();
    expect(await wants(wish({ generation: 5 }))).toBe(true);
    const known = await store.load(wish().deviceId);
    expect(known?.wanted).toMatchObject({ generation: 5, frozen: false });
    expect(known?.unfrozenAt).toBeInstanceOf(Date);
    expect(await wants(wish({ generation: 1, epoch: 2 }))).toBe(true);
    expect(await openDevices(dataSource.manager)).toEqual([wish().deviceId]);
  });

  it('gives each interface a number once, whatever is wanted again', async () => {
    const macs = [MRI, '08:00:06:10:00:99'];
    await wants(wish({ macs }));
    const numbers = async () => (await newStore('one').load(wish().deviceId))?.numbers;
    const before = await numbers();
    expect(before?.size).toBe(2);
    await wants(wish({ macs, generation: 3 }));
    expect(await numbers()).toEqual(before);
  });

  it('lets exactly as many isolations begin at a point in an hour as its limit says, however many ask at once', async () => {
    const devices = Array.from({ length: 12 }, () => newId());
    const stores = await Promise.all(
      devices.map(async (deviceId) => {
        await wants(wish({ deviceId }));
        const store = newStore();
        await store.load(deviceId);
        return { deviceId, store };
      }),
    );
    const begun = await Promise.all(stores.map(({ deviceId, store }) => store.begin(intent(deviceId))));
    expect(begun.filter((one) => one.ok)).toHaveLength(3);
    const fences = begun.flatMap((one) => (one.ok ? [one.fence] : []));
    expect(new Set(fences).size).toBe(3);
    expect((await owner.query('SELECT state FROM attempts')).rows).toEqual(Array(3).fill({ state: 'intent' }));
  });

  it('begins nothing without the lease, for an older wish, or under a hold, but for a release', async () => {
    const { deviceId } = wish();
    await wants(wish());
    const store = newStore();
    await store.load(deviceId);
    expect(await newStore().load(deviceId)).toBeNull();
    expect(await newStore().begin(intent(deviceId))).toEqual({ ok: false, reason: 'lease-lost' });
    expect(await store.begin(intent(deviceId, { generation: 1 }))).toEqual({ ok: false, reason: 'wanted-changed' });
    await wants(wish({ frozen: true }));
    expect(await store.begin(intent(deviceId))).toEqual({ ok: false, reason: 'frozen' });
    expect(await store.begin(intent(deviceId, { evenIfFrozen: true }))).toMatchObject({ ok: true });
  });

  it('calls unknown what a dead replica has begun, and keeps nothing of one that was overtaken', async () => {
    const { deviceId } = wish();
    await wants(wish());
    const first = newStore();
    await first.load(deviceId);
    const begun = await first.begin(intent(deviceId));
    if (!begun.ok) throw new Error('not begun');
    await first.sent(begun.attemptId);
    await owner.query("UPDATE leases SET expires_at = now() - interval '1 s'");
    const known = await newStore().load(deviceId);
    expect((await owner.query('SELECT state FROM attempts')).rows).toEqual([{ state: 'unknown' }]);
    if (!known) throw new Error('not leased');
    const saved = { state: known.state, outcomes: [], proofs: new Map(), events: [] };
    await expect(first.save(saved)).rejects.toMatchObject({ code: 'lease-lost' });
    expect((await owner.query('SELECT 1 FROM isolations')).rows).toEqual([]);
  });

  it(
    'converges after a crash at any call: the tag moves once, with permits in force, each generation is installed once',
    async () => {
      let places = 0;
      for (const when of ['before', 'after'] as const) {
        for (let at = 1; ; at += 1) {
          const scene = new Scene();
          const deviceId = wish().deviceId;
          await owner.query('TRUNCATE wanted, isolations, interface_states, leases, attempts, plans, locations');
          const { location } = scene.disk;
          if (!location) throw new Error('no location');
          await keepLocation(dataSource.manager, { ...location, deviceId }, new Date());
          const { planDigest: _, ...wanted } = wish({ generation: 1 });
          await keepWanted(dataSource.manager, { ...wanted, mode: 'preview' }, new Date());
          scene.store = newStore();
          await scene.settle();
          const { rows } = await owner.query<{ digest: string }>('SELECT digest FROM plans');
          await wants(wish({ planDigest: rows[0]?.digest ?? null }));
          const crash = new CrashPoint(at, when);
          const plain = scene.point;
          scene.store = crash.wrap(scene.store, STORE);
          Object.assign(scene, { point: crash.wrap(plain, ['read', 'apply']) });
          const crashed = await scene.settle().then(
            () => false,
            (error: unknown) => {
              if (error instanceof Crash) return true;
              throw error;
            },
          );
          await owner.query("UPDATE leases SET expires_at = now() - interval '1 s'");
          Object.assign(scene, { point: plain, store: newStore() });
          await scene.settle();
          const kinds = plain.history.map((one) => (one.kind === 'tag' ? `tag ${one.permitsInForce}` : one.kind));
          expect({ at, when, kinds }).toEqual({ at, when, kinds: ['installed', 'tag true'] });
          if (!crashed) break;
          places += 1;
        }
      }
      expect(places).toBeGreaterThan(20);
    },
    3 * MIN,
  );
});
