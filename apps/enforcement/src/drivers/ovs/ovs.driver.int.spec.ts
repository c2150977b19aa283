import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseClient } from './database.client.js';
import { OvsFixture, subject } from './testing/ovs-fixture.client.js';

const fence = { pointId: 'ovs-1', number: 1 };

describe('the driver ovs on a real switch', () => {
  let fixture: OvsFixture;

  beforeEach(async () => {
    fixture = await OvsFixture.start();
  });

  afterEach(async () => {
    await fixture.stop();
  });

  it('writes nothing over a row that was changed between its read and its write', async () => {
    const database = new DatabaseClient(fixture.point.ovsdb, fixture.point.bridge, 1000, undefined);
    const row = (await database.ports()).find(({ name }) => name === subject.port)!;
    await fixture.setVlan(subject.port, 30);
    const change = { row, tag: 66, protected: true, externalIds: {} };
    expect(await database.change([change])).toBe(false);
    expect(await fixture.observer.vlanOf(subject.port)).toBe(30);
    expect(await database.change([{ ...change, row: { ...row, tag: 30 } }])).toBe(true);
    expect(await fixture.observer.vlanOf(subject.port)).toBe(66);
    database.close();
  });

  it('does not lose a permitted frame, or let a forbidden one through, while generations are exchanged', async () => {
    const driver = fixture.newDriver();
    await driver.apply({ kind: 'install-entries', isolation: subject }, fence);
    let exchanging = true;
    const exchange = async (): Promise<void> => {
      for (let generation = 2; generation <= 12; generation++) {
        await driver.apply({ kind: 'install-entries', isolation: { ...subject, generation } }, fence);
      }
      exchanging = false;
    };
    const frames: { permitted: boolean; forbidden: boolean }[] = [];
    const send = async (): Promise<void> => {
      while (exchanging) {
        const permitted = await fixture.probe({ from: 'device', to: 'peer', what: 'opening' });
        const forbidden = await fixture.probe({ from: 'device', to: 'neighbour', what: 'opening' });
        frames.push({ permitted, forbidden });
      }
    };
    await Promise.all([exchange(), send()]);
    expect(frames.length).toBeGreaterThan(0);
    expect(frames).toEqual(frames.map(() => ({ permitted: true, forbidden: false })));
    const { entries } = await driver.read();
    expect(new Set(entries.map(({ generation }) => generation))).toEqual(new Set([12]));
  });

  it('keeps the counters of entries that a new generation takes over', async () => {
    const driver = fixture.newDriver();
    await driver.apply({ kind: 'install-entries', isolation: subject }, fence);
    await fixture.probe({ from: 'device', to: 'neighbour', what: 'opening' });
    const denied = async (): Promise<number> => {
      const { entries } = await driver.read();
      return entries.filter(({ kind }) => kind === 'deny').reduce((sum, { packets }) => sum + packets, 0);
    };
    for (let i = 0; i < 50 && (await denied()) === 0; i++) await sleep(50);
    await driver.apply({ kind: 'install-entries', isolation: { ...subject, generation: 2 } }, fence);
    expect(await denied()).toBe(1);
  });

  it('puts back one entry that a hand has removed, and leaves the others alone', async () => {
    const driver = fixture.newDriver();
    await driver.apply({ kind: 'install-entries', isolation: subject }, fence);
    const before = (await fixture.observer.journal()).length;
    await fixture.real.ofctl('del-flows', 'cookie=0x4c5a000000070000/0xffffffffffff0000,tcp,tcp_dst=104');
    await driver.apply({ kind: 'install-entries', isolation: subject }, fence);
    const later = (await fixture.observer.journal()).slice(before);
    expect(later).toEqual([
      { kind: 'entry', change: 'deleted' },
      { kind: 'entry', change: 'added' },
    ]);
  });

  it('calls a row that is written but not applied by the switch ambiguous', async () => {
    const database = new DatabaseClient(fixture.point.ovsdb, fixture.point.bridge, 500, undefined);
    const row = (await database.ports()).find(({ name }) => name === subject.port)!;
    fixture.real.pause();
    const moving = database.change([{ row, tag: 66, protected: true, externalIds: row.externalIds }]);
    await expect(moving).rejects.toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
    fixture.real.resume();
    database.close();
  });
});
