import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { stateRoot } from '../../deploy/local/repository.js';
import { openBrowser, type Browser } from '../stage/browser.client.js';
import {
  quarantineEvents,
  quarantineView,
  startWorm,
  untilQuarantine,
  type QuarantineView,
} from '../stage/quarantines.js';
import type { Answer } from '../stage/rest.client.js';
import { inventoryCsv, policy } from '../stage/site-files.js';
import { openStage, type Stage } from '../stage/stage.js';
import { switchTables, type SwitchTables } from '../stage/switch-tables.client.js';
import { HOSTS, SMALL_STUDY, VLANS, type SiteAsset } from '../ward/index.js';

const { ct, mri, mri2, ws } = HOSTS;
const quiet = (): void => undefined;
const ALONE = policy({ alone: true }) as { rules: object[] };
const ASKING = policy({ alone: false }) as { rules: object[] };
const QUICKLY = {
  name: 'ask-quickly',
  when: { level: 'propose', criticality: ['routine'] },
  then: 'propose',
  lapseAfter: '4s',
};

/** One MRI is life-critical, and the name server was declared as if it were any workstation. */
function declared(asset: SiteAsset): SiteAsset {
  if (asset.asset === 'mri-2') return { ...asset, criticality: 'life-critical' };
  if (asset.asset === 'dns-1') return { ...asset, kind: 'workstation', criticality: 'normal' };
  return asset;
}

/** The policy only proposes, until the last test. The tests are one story. */
describe('a policy that asks people', () => {
  let stage: Stage;
  let browser: Browser | undefined;
  /** What was on the switch when the test began. */
  let before: SwitchTables;

  beforeAll(async () => {
    const rules = [QUICKLY, ...ASKING.rules];
    stage = await openStage({
      name: 'e2e-people',
      log: quiet,
      policy: { ...ASKING, rules },
      inventory: inventoryCsv(declared),
    });
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  }, 60_000);

  beforeEach(async () => {
    before = await switchTables(stage.ward);
  });

  const post = (token: keyof Stage['tokens'], path: string, body: object): Promise<Answer> =>
    stage.rest.as(stage.tokens[token]).post(path, body);
  const problem = ({ status, body: { type } }: Answer): string =>
    `${status} ${typeof type === 'string' ? type.replace('/problems/', '') : ''}`;
  const level = (deviceId: string, wanted: string, since = 0): Promise<unknown> =>
    stage.recorder.until(
      'lazaret.assessment.changed',
      ({ data }, receivedAt) => data.deviceId === deviceId && data.level === wanted && receivedAt > since,
      60_000,
      `${deviceId} is at ${wanted}`,
    );
  /** The open proposal, once enforcement has made its plan. */
  async function planned(quarantineId: string): Promise<QuarantineView & { planDigest: string }> {
    await stage.recorder.until('lazaret.seen.plan', ({ data }) => data.quarantineId === quarantineId, 60_000);
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
      const view = await quarantineView(stage, quarantineId);
      if (view.plan && view.planDigest) return { ...view, planDigest: view.planDigest };
    }
    throw new Error(`quarantine ${quarantineId} shows no plan`);
  }
  const approvalOf = ({ planDigest, policyVersion }: { planDigest: string; policyVersion: string }) => ({
    planDigest,
    policyVersion,
    reason: 'agreed with radiology',
  });
  async function open(token: keyof Stage['tokens'], asset: string): Promise<Answer> {
    return post(token, '/v1/quarantines', { deviceId: await stage.deviceId(asset), reason: 'it behaves oddly' });
  }
  const idOf = ({ status, body }: Answer): string => {
    expect(status).toBe(201);
    return String(body['quarantineId']);
  };

  it('changes nothing on the switch until a person, in a browser, reads why and approves; then it is proven', async () => {
    const { rest, tokens, ward } = stage;
    const mriId = await stage.deviceId('mri-1');
    const [ports, flows, atCt] = await Promise.all([
      ward.switch.observePorts(),
      ward.switch.observeFlows(),
      ward.capture('ct', `ether src ${mri.mac}`),
    ]);
    const modality = await ward.startModality('mri', { shape: { instances: 8, instanceKib: 2048 } });
    const worm = await startWorm(stage, 'mri');
    const proposed = await untilQuarantine(stage, mriId, { decision: 'proposed' });
    const { quarantineId } = proposed.event.data;
    await level(mriId, 'isolate');
    const view = await planned(quarantineId);
    browser = await openBrowser();
    const { page } = browser;
    await page.goto(`${rest.baseUrl}/`);
    await page.getByLabel('Your token').fill(tokens.approver);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const card = page.locator(`#quarantine-${quarantineId}`);
    const picture = async (name: string): Promise<void> => {
      await page.evaluate('scrollTo(0, 0)');
      const { y = 0, height = 0 } = (await card.boundingBox()) ?? {};
      const clip = { x: 0, y: 0, width: 1240, height: Math.ceil(y + height + 24) };
      await page.screenshot({ path: join(stateRoot(), `console-${name}.png`), fullPage: true, clip });
    };
    await card.getByRole('heading', { name: 'MRI-1' }).waitFor();
    const told = await card.innerText();
    expect(told).toMatch(/names? of the Conficker worm/i);
    for (const step of view.plan?.steps ?? ['no plan']) expect(told).toContain(step);
    expect(told).toMatch(/Stays open\s+dicom-store\s+10\.20\.0\.10 104\/tcp\s+required/);
    await picture('proposal');

    // Without a reason the button does nothing; and all that time nothing has changed on the switch.
    await card.getByRole('button', { name: 'Approve' }).click();
    const waitedFrom = Date.now();
    await sleep(2000);
    expect(await quarantineView(stage, quarantineId)).toMatchObject({ decision: 'proposed', approvalsGiven: 0 });
    expect(await switchTables(ward)).toEqual(before);
    expect(ports.changes).toEqual([]);
    expect(flows.changes).toEqual([]);
    expect(atCt.packets().filter(({ time }) => time > waitedFrom).length).toBeGreaterThan(0);

    await card.getByLabel('Reason').fill('agreed with radiology, patient is out');
    await card.getByRole('button', { name: 'Approve' }).click();
    await page.locator('#quarantines .truth li[aria-current]', { hasText: 'Proven on the wire' }).waitFor();
    await page.locator('#timeline li', { hasText: 'MRI-1 is proven' }).first().waitFor();
    const provenAt = Date.now();
    await card.getByRole('button', { name: 'Release' }).waitFor();
    await picture('proven');
    expect(await quarantineView(stage, quarantineId)).toMatchObject({ decision: 'approved', truth: 'proven' });
    expect((await ward.switch.port(mri.port)).tag).toBe(VLANS.quarantine);
    await sleep(1500);
    expect((await worm.stop()).filter(({ at }) => at > provenAt).length).toBeGreaterThan(0);
    expect((await atCt.stop()).filter(({ time }) => time > provenAt)).toEqual([]);

    await page.locator('#quarantines').getByLabel('Reason').fill('cleaned');
    await page.locator('#quarantines').getByRole('button', { name: 'Release' }).click();
    await untilQuarantine(stage, mriId, { decision: 'released', truth: 'proven' });
    const witness = await ward.witness(await modality.stop());
    expect(witness).toMatchObject({ missing: [], different: [], failedStudies: [], failedQueries: [] });
    expect(await switchTables(ward)).toEqual(before);
    expect(browser.complaints).toEqual([]);
    const timeline = await rest.must(rest.as(tokens.viewer).get(`/v1/quarantines/${quarantineId}/timeline`));
    expect(JSON.stringify(timeline)).toContain('agreed with radiology, patient is out');
    ports.stop();
    flows.stop();
  });

  it('takes no for an answer: a rejected proposal changes nothing and is not made again', async () => {
    const { ward } = stage;
    const mri2Id = await stage.deviceId('mri-2');
    const atCt = await ward.capture('ct', `ether src ${mri2.mac}`);
    const worm = await startWorm(stage, 'mri2');
    const { event } = await untilQuarantine(stage, mri2Id, { decision: 'proposed' });
    await level(mri2Id, 'isolate');
    const { quarantineId, ...view } = await planned(event.data.quarantineId);
    const path = `/v1/quarantines/${quarantineId}`;
    expect(problem(await post('operator', `${path}/rejections`, { reason: 'a test of ours' }))).toBe('403 forbidden');
    for (let i = 0; (await quarantineView(stage, quarantineId)).level !== 'isolate' && i < 100; i += 1)
      await sleep(100);
    const rejected = await post('approver', `${path}/rejections`, { reason: 'a test of ours' });
    expect(rejected).toMatchObject({ status: 201, body: { decision: 'rejected' } });
    const since = Date.now();
    expect(problem(await post('approver', `${path}/approvals`, approvalOf(view)))).toBe('409 already-decided');
    await sleep(6000);
    expect(quarantineEvents(stage, mri2Id).at(-1)?.event.data).toMatchObject({ quarantineId, decision: 'rejected' });
    expect(await switchTables(ward)).toEqual(before);
    await worm.stop();
    expect((await atCt.stop()).filter(({ time }) => time > since).length).toBeGreaterThan(0);
  });

  it('counts each approver once, never the requester, on the plan that was seen; then isolates a life-critical device', async () => {
    const { rest, tokens, ward } = stage;
    const mri2Id = await stage.deviceId('mri-2');
    const { quarantineId, ...view } = await planned(idOf(await open('approver', 'mri-2')));
    const path = `/v1/quarantines/${quarantineId}/approvals`;
    const body = approvalOf(view);
    expect(view).toMatchObject({ approvalsNeeded: 2, requestedBy: 'approver', plan: { possible: true } });
    const stale = await post('approver2', path, { ...body, planDigest: `sha256:${'0'.repeat(64)}` });
    expect(stale).toMatchObject({ status: 409, body: { type: '/problems/plan-stale', stale: 'plan' } });
    const old = await post('approver2', path, { ...body, policyVersion: `sha256:${'0'.repeat(64)}` });
    expect(old).toMatchObject({ status: 409, body: { type: '/problems/plan-stale', stale: 'policy' } });
    for (const role of ['viewer', 'operator', 'admin'] as const)
      expect(problem(await post(role, path, body))).toBe('403 forbidden');
    expect(problem(await post('approver', path, body))).toBe('403 same-person');
    expect(await post('approver2', path, body)).toMatchObject({ status: 201, body: { given: 1, needed: 2 } });
    expect(problem(await post('approver2', path, body))).toBe('403 same-person');
    await sleep(1000);
    expect(await quarantineView(stage, quarantineId)).toMatchObject({ decision: 'proposed', approvalsGiven: 1 });
    expect(await switchTables(ward)).toEqual(before);

    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const third = await rest.must(
      rest.as(tokens.admin).post<{ token: string }>('/v1/tokens', { name: 'approver3', role: 'approver', expires }),
    );
    const last = await rest.as(third.token).post(path, body);
    expect(last).toMatchObject({ status: 201, body: { given: 2, needed: 2, decision: 'approved' } });
    const modality = await ward.startModality('mri2', { shape: SMALL_STUDY, worklistEveryMs: 1000 });
    const pinging = ward.ping('mri2', 'ct', { count: 40 });
    await untilQuarantine(stage, mri2Id, { decision: 'approved', truth: 'proven' });
    expect((await ward.switch.port(mri2.port)).tag).toBe(VLANS.quarantine);
    expect(await ward.witness(await modality.stop())).toMatchObject({ missing: [], failedStudies: [] });
    expect(await pinging).toBeLessThan(40);
    expect(await ward.ping('mri2', 'ct')).toBe(0);
  });

  it('lets a proposal lapse that nobody answers in time, and only that one', async () => {
    const { ward } = stage;
    const wsId = await stage.deviceId('workstation-1');
    const patient = idOf(await open('operator', 'ct-1'));
    const worm = await startWorm(stage, 'ws');
    const { event } = await untilQuarantine(stage, wsId, { decision: 'proposed' });
    const view = await planned(event.data.quarantineId);
    expect(view).toMatchObject({ rule: 'ask-quickly', plan: { possible: true } });
    const lapsed = await untilQuarantine(stage, wsId, { decision: 'lapsed' });
    expect(Date.parse(lapsed.event.time) - Date.parse(event.time)).toBeGreaterThanOrEqual(4000);
    expect((await ward.switch.port(ws.port)).tag).toBe(VLANS.workstations);
    const late = await post('approver', `/v1/quarantines/${view.quarantineId}/approvals`, approvalOf(view));
    expect(problem(late)).toBe('409 already-decided');
    expect((await quarantineView(stage, patient)).decision).toBe('proposed');
    await sleep(2000);
    expect(quarantineEvents(stage, wsId).at(-1)?.event.data.decision).toBe('lapsed');
    expect(await switchTables(ward)).toEqual(before);
    await worm.stop();
    const no = await post('approver', `/v1/quarantines/${patient}/rejections`, { reason: 'it is well' });
    expect(no.status).toBe(201);
  });

  it('never touches infrastructure, declared or known to enforcement alone', async () => {
    const { ward } = stage;
    for (const asset of ['archive-1', 'gateway-10']) {
      expect(problem(await open('operator', asset))).toBe('409 infrastructure');
    }
    const { quarantineId, ...view } = await planned(idOf(await open('operator', 'dns-1')));
    expect(view.plan).toMatchObject({ possible: false });
    expect(view.plan?.refusedModes.map(({ reason }) => reason)).toContain('infrastructure');
    const path = `/v1/quarantines/${quarantineId}`;
    expect(problem(await post('approver', `${path}/approvals`, approvalOf(view)))).toBe('409 plan-impossible');
    await post('approver', `${path}/rejections`, { reason: 'it is the name server' });
    // The same question about a device that is none: it can be isolated.
    const other = await planned(idOf(await open('operator', 'ct-1')));
    expect(other.plan).toMatchObject({ possible: true });
    await post('approver', `/v1/quarantines/${other.quarantineId}/rejections`, { reason: 'it is well' });
    expect(await switchTables(ward)).toEqual(before);
  });

  it('never touches a protected device though the policy isolates alone, and isolates the same device unprotected', async () => {
    const { rest, tokens, ward } = stage;
    const ctId = await stage.deviceId('ct-1');
    const orchestrator = stage.services.get('orchestrator');
    const rule = async (changes: object): Promise<void> => {
      await writeFile(stage.places.policyFile, stringify({ ...ALONE, ...changes }));
      expect(await orchestrator.stop()).toMatchObject({ code: 0 });
      await orchestrator.restart();
    };
    await rule({ protected: { assets: ['ward/ct-1'] } });
    const since = Date.now();
    const atMri = await ward.capture('mri', `ether src ${ct.mac}`);
    const modality = await ward.startModality('ct', { shape: SMALL_STUDY, worklistEveryMs: 1000 });
    const worm = await startWorm(stage, 'ct');
    await level(ctId, 'isolate', since);
    await sleep(6000);
    expect(quarantineEvents(stage, ctId).filter(({ receivedAt }) => receivedAt > since)).toEqual([]);
    expect(await switchTables(ward)).toEqual(before);
    expect(await rest.as(tokens.viewer).get(`/v1/devices/${ctId}`)).toMatchObject({ body: { protected: true } });
    expect(problem(await open('operator', 'ct-1'))).toBe('409 protected');

    await rule({});
    const proven = await untilQuarantine(stage, ctId, { decision: 'approved', truth: 'proven' }, { since });
    expect((await ward.switch.port(ct.port)).tag).toBe(VLANS.quarantine);
    await sleep(1000);
    expect((await worm.stop()).filter(({ at }) => at > proven.receivedAt).length).toBeGreaterThan(0);
    const arrived = (await atMri.stop()).map(({ time }) => time);
    expect(arrived.filter((time) => time < proven.receivedAt).length).toBeGreaterThan(0);
    expect(arrived.filter((time) => time > proven.receivedAt)).toEqual([]);
    expect(await ward.witness(await modality.stop())).toMatchObject({ missing: [], different: [], failedStudies: [] });
  });

  it('says nothing on its topics that a second client could not read', () => {
    expect(stage.recorder.invalid).toEqual([]);
    expect(stage.recorder.of('lazaret.dead-letter.kept')).toEqual([]);
  });
});
