import { setTimeout as sleep } from 'node:timers/promises';
import { quarantineEvents, quarantineView, startWorm, untilQuarantine } from '../stage/quarantines.js';
import { openStage, type Stage } from '../stage/stage.js';
import { OURS, ourFlows, switchTables, type SwitchTables } from '../stage/switch-tables.client.js';
import { WriteObserver } from '../stage/writes.client.js';
import { HOSTS, SPARE, VLANS, type Capture, type Infection, type Modality } from '../ward/index.js';

const { mri, mri2 } = HOSTS;
const quiet = (): void => undefined;
/** Hands win: after so long nothing of ours is written any more. */
const STOPS_WITHIN_MS = 1000;
const ISOLATED_WITHIN_MS = 5000;

/** The MRI is in quarantine, and people, cables and power cuts change the switch below it. One story. */
describe('a quarantined device, and hands at the switch', () => {
  let stage: Stage;
  let before: SwitchTables;
  let writes: WriteObserver;
  let mriId: string;
  let worm: Infection;
  let modality: Modality;
  let atCt: Capture;
  let provenAt: number;
  /** How many flows an isolation of the MRI has. */
  let whole: number;

  beforeAll(async () => {
    stage = await openStage({ name: 'e2e-hands', log: quiet });
    before = await switchTables(stage.ward);
    mriId = await stage.deviceId('mri-1');
    writes = await WriteObserver.open(stage.ward);
    atCt = await stage.ward.capture('ct', `ether src ${mri.mac}`);
    modality = await stage.ward.startModality('mri', { shape: { instances: 8, instanceKib: 2048 } });
    worm = await startWorm(stage, 'mri');
    const proven = await untilQuarantine(stage, mriId, { decision: 'approved', truth: 'proven' });
    provenAt = proven.receivedAt;
    whole = (await ourFlows(stage.ward)).length;
  }, 240_000);

  afterAll(async () => {
    writes?.stop();
    await stage?.close();
  }, 60_000);

  const tagOf = async (port: string): Promise<number | null> => (await stage.ward.switch.port(port)).tag;
  const rowOf = async (port: string): Promise<string | undefined> => (await switchTables(stage.ward)).ports[port];
  const arrivedSince = (at: number): number => atCt.packets().filter(({ time }) => time > at).length;

  async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 30_000): Promise<number> {
    for (const end = Date.now() + timeoutMs; ; await sleep(50)) {
      if (await holds()) return Date.now();
      if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}; last: ${stage.recorder.tail()}`);
    }
  }
  const isolatedAt = (port: string): Promise<number> =>
    until(`isolated at ${port}`, async () => {
      const [flows, tag] = await Promise.all([ourFlows(stage.ward), tagOf(port)]);
      return tag === VLANS.quarantine && flows.length >= whole;
    });
  const provenAgain = (port: string, since: number): Promise<unknown> =>
    stage.recorder.until(
      'lazaret.seen.isolation',
      ({ data }, receivedAt) =>
        receivedAt > since &&
        data.deviceId === mriId &&
        data.truth === 'proven' &&
        data.interfaces.every((one) => one.port === port),
      60_000,
      `proven at ${port}`,
    );
  async function deleteOurs(): Promise<number> {
    await stage.ward.switch.deleteFlows(OURS.cookie, OURS.mask);
    return Date.now();
  }

  it('is isolated at another port when its cable moves there, and its old port is as it was; and back', async () => {
    expect(arrivedSince(0)).toBeGreaterThan(0);
    expect(await tagOf(mri.port)).toBe(VLANS.quarantine);
    for (const [cable, port, left] of [
      [SPARE.port, SPARE.port, mri.port],
      ['home', mri.port, SPARE.port],
    ] as const) {
      const since = Date.now();
      await stage.ward.replug('mri', cable);
      await isolatedAt(port);
      await provenAgain(port, since);
      await until(`${left} is clean`, async () => (await rowOf(left)) === before.ports[left]);
      expect(await tagOf(port)).toBe(VLANS.quarantine);
      expect(await stage.ward.ping('mri', 'ct')).toBe(0);
    }
    // Not one frame got out while it was moving either: our lines know its MAC, wherever it is.
    expect(arrivedSince(provenAt)).toBe(0);
    expect((await worm.attempts()).filter(({ at }) => at > provenAt).length).toBeGreaterThan(20);
  });

  it('is isolated again after the switch restarts, which counts as nobody interfering', async () => {
    const since = Date.now();
    await stage.ward.switch.restart();
    await isolatedAt(mri.port);
    await provenAgain(mri.port, since);
    expect(writes.ports.tagChanges(mri.port).filter(({ at }) => at > since)).toEqual([]);
    const conditions = quarantineEvents(stage, mriId).filter(({ receivedAt }) => receivedAt > since);
    expect(conditions.flatMap(({ event }) => event.data.conditions)).not.toContain('Conflict');
    expect(await stage.ward.ping('mri', 'ct')).toBe(0);
    expect(arrivedSince(since)).toBe(0);
    const witness = await stage.ward.witness(await modality.stop());
    expect(witness.equal).toBeGreaterThan(0);
    expect(witness).toMatchObject({ missing: [], different: [], failedStudies: [], failedQueries: [] });
  });

  it('gets its flows back when a hand takes them, twice; the third time in ten minutes we stop and say so', async () => {
    for (const _ of [1, 2]) {
      const at = await deleteOurs();
      await isolatedAt(mri.port);
      await provenAgain(mri.port, at);
      expect(writes.after(at).filter(({ what }) => what.startsWith('added ')).length).toBeGreaterThanOrEqual(whole);
    }
    const third = await deleteOurs();
    const { event } = await untilQuarantine(
      stage,
      mriId,
      { decision: 'approved', condition: 'Conflict' },
      { since: third },
    );
    await sleep(4000);
    expect(writes.after(third + STOPS_WITHIN_MS)).toEqual([]);
    expect(await ourFlows(stage.ward)).toEqual([]);
    expect(await tagOf(mri.port)).toBe(VLANS.quarantine);
    expect((await quarantineView(stage, event.data.quarantineId)).truth).toBe('intended');
  });

  it('is isolated within five seconds when people end what was a conflict by a hold', async () => {
    const { lazaret, tokens } = stage;
    expect((await lazaret(['hold', 'mri-1', '--reason', 'looking at the switch'], tokens.operator)).code).toBe(0);
    await sleep(1500);
    expect(await ourFlows(stage.ward)).toEqual([]);
    expect((await lazaret(['unhold', 'mri-1', '--reason', 'done'], tokens.operator)).code).toBe(0);
    const ended = Date.now();
    expect((await isolatedAt(mri.port)) - ended).toBeLessThan(ISOLATED_WITHIN_MS);
    await provenAgain(mri.port, ended);
  });

  it('is left alone while an engineer holds it, and isolated within five seconds when the hold ends', async () => {
    const { lazaret, tokens } = stage;
    expect((await lazaret(['hold', 'mri-1', '--reason', 'replacing a cable'], tokens.operator)).code).toBe(0);
    const held = Date.now();
    await untilQuarantine(stage, mriId, { decision: 'approved', condition: 'Held' }, { since: held - 2000 });
    await deleteOurs();
    await sleep(5000);
    // The hand's own work is seen, and nothing but it.
    const late = writes.after(held + STOPS_WITHIN_MS);
    expect(late.filter(({ what }) => !what.startsWith('deleted '))).toEqual([]);
    expect(writes.after(held).length).toBeGreaterThanOrEqual(whole);
    expect(await ourFlows(stage.ward)).toEqual([]);
    expect((await lazaret(['unhold', 'mri-1', '--reason', 'cable replaced'], tokens.operator)).code).toBe(0);
    const ended = Date.now();
    expect((await isolatedAt(mri.port)) - ended).toBeLessThan(ISOLATED_WITHIN_MS);
    await provenAgain(mri.port, ended);
    await worm.stop();
  });

  it('stops us when a hand changes its VLAN, and not its neighbour', async () => {
    const { rest, tokens, ward } = stage;
    const mri2Id = await stage.deviceId('mri-2');
    const second = await startWorm(stage, 'mri2');
    const isolated = await untilQuarantine(stage, mri2Id, { decision: 'approved', truth: 'proven' });
    await second.stop();
    expect(await tagOf(mri2.port)).toBe(VLANS.quarantine);
    await ward.switch.setTag(mri2.port, VLANS.imaging);
    const byHand = Date.now();
    await untilQuarantine(
      stage,
      mri2Id,
      { decision: 'approved', condition: 'Conflict' },
      { since: isolated.receivedAt },
    );
    await sleep(5000);
    expect(writes.after(byHand + STOPS_WITHIN_MS)).toEqual([]);
    expect(await tagOf(mri2.port)).toBe(VLANS.imaging);
    const view = await quarantineView(stage, isolated.event.data.quarantineId);
    expect(view.conditions).toContainEqual(
      expect.objectContaining({
        condition: 'Conflict',
        reason: expect.stringMatching(/VLAN of port wl-mri2 changed to 10/),
      }),
    );
    expect(await tagOf(mri.port)).toBe(VLANS.quarantine);
    // A release is still written: it takes what is ours and leaves what the hand has set.
    const answer = await rest
      .as(tokens.approver)
      .post(`/v1/quarantines/${view.quarantineId}/releases`, { reason: 'the engineer has it' });
    expect(answer.status).toBe(201);
    await untilQuarantine(stage, mri2Id, { decision: 'released', truth: 'proven' }, { since: byHand });
    expect(await rowOf(mri2.port)).toBe(before.ports[mri2.port]);
    expect(await ward.ping('mri2', 'ct')).toBe(3);
  });

  it('says nothing on its topics that a second client could not read', () => {
    expect(stage.recorder.invalid).toEqual([]);
    expect(stage.recorder.of('lazaret.dead-letter.kept')).toEqual([]);
  });
});
