import { setTimeout as sleep } from 'node:timers/promises';
import { LONGEST_GAP_MS, drill, playDelegated, playRelease, type DelegatedResult } from '../demo/delegated.js';
import { quarantineEvents, quarantineView, untilQuarantine } from '../stage/quarantines.js';
import { policy } from '../stage/site-files.js';
import { openStage, type Stage } from '../stage/stage.js';
import { switchTables } from '../stage/switch-tables.client.js';
import { HOSTS, PARK_VLAN, VLANS, type ServerAnswer } from '../ward/index.js';

const { mri } = HOSTS;
const quiet = (): void => undefined;

/** hostapd, FreeRADIUS and wpa_supplicant do the work, Lazaret tells them what. One story. */
describe('a modality that logs in by 802.1X, and Lazaret behind the RADIUS server', () => {
  let stage: Stage;
  let mriId: string;
  let played: DelegatedResult;

  beforeAll(async () => {
    const asking = policy({ alone: false, maxInterruptionMs: LONGEST_GAP_MS });
    stage = await openStage({ name: 'e2e-dot1x', log: quiet, policy: { ...asking, probation: '1s' }, nac: 'radius' });
    mriId = await stage.deviceId('mri-1');
  }, 180_000);

  afterAll(async () => {
    await stage?.close();
  }, 60_000);

  const tag = async (): Promise<number | null> => (await stage.ward.switch.port(mri.port)).tag;
  const filterOf = ({ attributes }: ServerAnswer): string[] =>
    attributes.filter((one) => one.startsWith('NAS-Filter-Rule'));

  it('counts as its worst before it is drilled, and is refused; the drill on a test device measures what it can do', async () => {
    const { rest, tokens, ward } = stage;
    const quarantineId = await open('mri-2');
    const seen = await stage.recorder.until(
      'lazaret.seen.plan',
      ({ data }) => data.quarantineId === quarantineId,
      60_000,
    );
    expect(seen.event.data).toMatchObject({ possible: false });
    expect(seen.event.data.refusedModes.map(({ reason }) => reason)).toContain('interruption-too-long');
    const no = { reason: 'its gap is not known' };
    expect(await rest.as(tokens.approver).post(`/v1/quarantines/${quarantineId}/rejections`, no)).toMatchObject({
      status: 201,
    });

    const before = [await switchTables(ward), await ward.dot1x.ask(), await ward.dot1x.session()];
    const said = await drill(stage, quiet);
    expect(said).toMatch(/^ok +contained: /m);
    expect(said).toMatch(/^. +interruption: cut off for [4-9]\d\d\d ms/m);
    expect(said).toMatch(/^ok +release: nothing of the drill is left/m);
    expect([await switchTables(ward), await ward.dot1x.ask(), await ward.dot1x.session()]).toEqual(before);
  });

  it('is quarantined by its policy and a Disconnect: announced, acknowledged, logged in again, proven, images go on', async () => {
    const study = { instances: 12, instanceKib: 4096 };
    played = await playDelegated(stage, { study, inQuarantineMs: 6000, tell: quiet });
    expect(played.verdicts.filter(({ ok }) => !ok)).toEqual([]);
    expect(played.verdicts).toHaveLength(11);
    const { plan } = played;
    expect(plan).toMatchObject({
      possible: true,
      cut: [],
      interfaces: [{ delegate: 'radius-server', port: mri.port }],
    });
    expect(plan.interruptionMs).toBeGreaterThan(4000);
    expect(plan.interruptionMs).toBeLessThanOrEqual(LONGEST_GAP_MS);
  });

  it('F11 F17 stays in quarantine when its session begins anew while Lazaret is down, and is proven when it is back', async () => {
    const { ward, services } = stage;
    const enforcement = services.get('enforcement');
    expect(await enforcement.stop()).toMatchObject({ code: 0 });
    const since = Date.now();
    const session = await ward.dot1x.session();
    expect(await ward.dot1x.disconnect(session?.sessionId ?? '')).toMatchObject({ code: 'Disconnect-ACK' });
    const again = await ward.dot1x.untilAuthorized(since);
    expect(again).toMatchObject({ vlan: VLANS.quarantine });
    expect(again.rules).toBeGreaterThan(0);
    const answer = await ward.dot1x.ask();
    expect(filterOf(answer).length).toBeGreaterThan(0);
    await enforcement.restart();
    const back = Date.now();
    // It tries what is denied and what is permitted, so that there is something to see.
    const trying = [ward.ping('mri', 'ct', { count: 100 }), ward.clinic.echo('mri', 'archive')] as const;
    await stage.recorder.until(
      'lazaret.seen.isolation',
      ({ data }, receivedAt) => receivedAt > back && data.deviceId === mriId && data.truth === 'proven',
      60_000,
      'proven after the restart',
    );
    // Its session was right already: nobody was cut off for our sake.
    expect((await ward.dot1x.session())?.sessionId).toBe(again.id);
    expect(await ward.dot1x.ask()).toEqual(answer);
    expect(await tag()).toBe(VLANS.quarantine);
    expect(await Promise.all(trying)).toEqual([0, 0]);
  });

  it('is where it was after its release, and nothing of ours is left', async () => {
    const verdicts = await playRelease(stage, played, quiet);
    expect(verdicts.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('F6 with nobody connected the policy waits, and says so; it holds from the next login, and is proven then', async () => {
    const { ward } = stage;
    await untilQuarantine(stage, mriId, { decision: 'closed' });
    await ward.dot1x.logOff();
    for (let i = 0; i < 100 && (await tag()) !== PARK_VLAN; i += 1) await sleep(100);
    expect(await ward.dot1x.session()).toBeUndefined();
    const quarantineId = await open('mri-1');
    const asked = Date.now();
    await approve(quarantineId);
    const approvedAt = Date.now();
    const pending = { decision: 'approved', condition: 'PendingReconnect' } as const;
    await untilQuarantine(stage, mriId, pending, { since: asked });
    expect((await quarantineView(stage, quarantineId)).truth).not.toBe('proven');
    expect(filterOf(await ward.dot1x.ask()).length).toBeGreaterThan(0);

    await ward.dot1x.logOn();
    expect(await ward.dot1x.untilAuthorized(approvedAt)).toMatchObject({ vlan: VLANS.quarantine });
    const pinging = ward.ping('mri', 'ct', { count: 40 });
    expect(await ward.clinic.echo('mri', 'archive')).toBe(0);
    await untilQuarantine(
      stage,
      mriId,
      { decision: 'approved', truth: 'proven' },
      { since: approvedAt, timeoutMs: 90_000 },
    );
    expect(await pinging).toBe(0);
    const last = quarantineEvents(stage, mriId).at(-1)?.event.data;
    expect(last?.conditions).toEqual([]);
  });

  it('says nothing on its topics that a second client could not read', () => {
    expect(stage.recorder.invalid).toEqual([]);
    expect(stage.recorder.of('lazaret.dead-letter.kept')).toEqual([]);
  });

  async function open(asset: string): Promise<string> {
    const body = { deviceId: await stage.deviceId(asset), reason: 'it behaved oddly' };
    const opened = await stage.rest.as(stage.tokens.operator).post('/v1/quarantines', body);
    expect(opened.status).toBe(201);
    return String(opened.body['quarantineId']);
  }

  async function approve(quarantineId: string): Promise<void> {
    const { rest, tokens, recorder } = stage;
    await recorder.until('lazaret.seen.plan', ({ data }) => data.quarantineId === quarantineId, 60_000);
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
      const { planDigest, policyVersion } = await quarantineView(stage, quarantineId);
      if (!planDigest) continue;
      const body = { planDigest, policyVersion, reason: 'agreed with radiology' };
      const answer = await rest.as(tokens.approver).post(`/v1/quarantines/${quarantineId}/approvals`, body);
      expect(answer).toMatchObject({ status: 201, body: { decision: 'approved' } });
      return;
    }
    throw new Error(`quarantine ${quarantineId} shows no plan`);
  }
});
