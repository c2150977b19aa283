import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDrift } from '#storage';
import { addDayCounts } from '../intake/conversation.store.js';
import { openDatabase, type TestDatabase } from '../testing/database.client.js';
import { APPROVER, Desk, OPERATOR, OTHER } from '../testing/desk.store.js';
import { ISOLATE_ALONE, assessment, inForce, seenOf } from '../testing/examples.js';

let database: TestDatabase;
let desk: Desk;

beforeAll(async () => {
  database = await openDatabase();
});
beforeEach(async () => {
  await database.reset();
  desk = new Desk(database);
});
afterAll(() => database.close());

const DIGEST = `sha256:${'4f'.repeat(32)}`;
const approval = (planDigest = DIGEST) => ({ planDigest, policyVersion: desk.policy.version, reason: 'go' });

/** A device that is isolated by the policy alone. */
async function isolated() {
  const { deviceId } = await desk.admit();
  await desk.hearAssessment(assessment(deviceId));
  await desk.answerPreview(deviceId);
  return { deviceId, id: await desk.openQuarantine(deviceId) };
}

/** A device whose proposal waits for people. */
async function proposed(changes = {}) {
  const { deviceId } = await desk.admit(changes);
  await desk.hearAssessment(assessment(deviceId, { level: 'propose', logOdds: -2, mayActAlone: false }));
  return { deviceId, id: await desk.openQuarantine(deviceId) };
}

it('keeps tables and entities equal', async () => {
  expect(await findDrift(database.dataSource)).toEqual([]);
});

describe('a policy that may act alone', () => {
  it('proposes with a preview at once, and applies when the plan is there', async () => {
    const { deviceId } = await desk.admit();
    await desk.hearAssessment(assessment(deviceId));
    expect(await desk.wanted(deviceId)).toEqual([]);
    const [preview] = await desk.previews(deviceId);
    expect(preview).toMatchObject({ generation: 1, epoch: 1, requireQuarantineVlan: true });
    expect(preview?.permits).toMatchObject([{ deviceAddress: '10.10.0.11', peerAddress: '10.20.0.10', port: 104 }]);
    await desk.answerPreview(deviceId);
    expect(await desk.wanted(deviceId)).toMatchObject([
      { mode: 'apply', generation: 2, frozen: false, planDigest: DIGEST, macs: ['08:00:06:10:00:11'] },
    ]);
    expect(await desk.changes(deviceId)).toEqual(['proposed', 'approved']);
    expect(desk.told.notices.map(({ about }) => about)).toEqual(['proposal', 'isolated']);
  });

  it('applies within one assessment when the plan came with the proposal', async () => {
    const { deviceId } = await proposed();
    await desk.answerPreview(deviceId);
    expect(await desk.wanted(deviceId)).toEqual([]);
    await desk.hearAssessment(assessment(deviceId));
    expect(await desk.wanted(deviceId)).toHaveLength(1);
    const [event] = await desk.of('lazaret.quarantine.approved', deviceId);
    expect(event?.data).toMatchObject({
      actor: 'policy',
      reason: 'rule two-domains',
      approvalsNeeded: 1,
      approvalsGiven: 1,
    });
  });

  it('applies exactly once when every event comes twice', async () => {
    const { deviceId } = await desk.admit();
    const evidence = assessment(deviceId);
    await desk.hearAssessment(evidence);
    await desk.hearAssessment(evidence);
    const plan = await desk.answerPreview(deviceId);
    await desk.hearPlan(plan);
    await desk.hearAssessment(evidence);
    await desk.hearAssessment(assessment(deviceId));
    expect(await desk.wanted(deviceId)).toHaveLength(1);
    expect(await desk.previews(deviceId)).toHaveLength(1);
  });

  it('drops an assessment that is older than the one it knows', async () => {
    const { deviceId } = await desk.admit();
    const older = assessment(deviceId);
    const newer = assessment(deviceId, { level: 'watch', logOdds: -18 });
    await desk.hearAssessment(newer);
    await desk.hearAssessment(older);
    expect(await desk.previews(deviceId)).toEqual([]);
  });

  it.each([
    ['one trust domain', {}, { mayActAlone: false }, 'single-domain'],
    ['no contract', { flows: [] }, {}, 'no-contract'],
    ['a life-critical device', { criticality: 'life-critical' as const }, {}, 'life-critical'],
  ])('leaves %s to people, and says why', async (_, changes, evidence, reason) => {
    const { deviceId } = await desk.admit(changes);
    await desk.hearAssessment(assessment(deviceId, evidence));
    await desk.answerPreview(deviceId);
    expect(await desk.wanted(deviceId)).toEqual([]);
    const view = await desk.look.quarantines.quarantine(await desk.openQuarantine(deviceId));
    expect(view?.whyNotAlone.map((finding) => finding.reason)).toContain(reason);
  });

  it('F19 never touches a protected device or infrastructure, and isolates the same device unprotected', async () => {
    const file = { ...ISOLATE_ALONE, protected: { assets: ['north/CT-1'] } };
    const guarded = new Desk(database, inForce(file));
    const kept = await guarded.admit({ asset: 'CT-1' });
    const gateway = await guarded.admit({ asset: 'GW', infrastructure: true });
    const other = await guarded.admit({ asset: 'CT-2' });
    for (const { deviceId } of [kept, gateway, other]) await guarded.hearAssessment(assessment(deviceId));
    expect(await guarded.previews(kept.deviceId)).toEqual([]);
    expect(await guarded.previews(gateway.deviceId)).toEqual([]);
    await guarded.answerPreview(other.deviceId);
    expect(await guarded.wanted(other.deviceId)).toHaveLength(1);
    expect(await guarded.quarantines.open(kept.deviceId, 'please', OPERATOR)).toMatchObject({
      refusal: { problem: 'protected' },
    });
  });

  it('F27 stops at the limit of the ward, and goes on in the next hour', async () => {
    const small = new Desk(database, inForce({ ...ISOLATE_ALONE, limits: { ward: 1 } }));
    const [first, second] = [await small.admit({ asset: 'A' }), await small.admit({ asset: 'B' })];
    for (const { deviceId } of [first, second]) {
      await small.hearAssessment(assessment(deviceId));
      await small.answerPreview(deviceId);
    }
    expect(await small.wanted(first.deviceId)).toHaveLength(1);
    expect(await small.wanted(second.deviceId)).toHaveLength(0);
    await small.rounds.look(new Date(Date.now() + 3_600_000));
    expect(await small.wanted(second.deviceId)).toHaveLength(1);
  });
});

describe('people', () => {
  it('approve the plan that they saw', async () => {
    const { deviceId, id } = await proposed();
    expect(await desk.quarantines.approve(id, approval(), APPROVER)).toMatchObject({
      refusal: { problem: 'plan-pending' },
    });
    await desk.answerPreview(deviceId);
    const other = `sha256:${'00'.repeat(32)}`;
    expect(await desk.quarantines.approve(id, approval(other), APPROVER)).toMatchObject({
      refusal: { problem: 'plan-stale', stale: 'plan' },
    });
    const oldPolicy = { ...approval(), policyVersion: other };
    expect(await desk.quarantines.approve(id, oldPolicy, APPROVER)).toMatchObject({
      refusal: { problem: 'plan-stale', stale: 'policy' },
    });
    expect(await desk.quarantines.approve(id, approval(), OPERATOR)).toMatchObject({
      refusal: { problem: 'forbidden' },
    });
    expect(await desk.quarantines.approve(id, approval(), APPROVER)).toMatchObject({
      value: { decision: 'approved', given: 1, needed: 1 },
    });
    expect(await desk.quarantines.approve(id, approval(), OTHER)).toMatchObject({
      refusal: { problem: 'already-decided' },
    });
    expect(await desk.wanted(deviceId)).toHaveLength(1);
  });

  it('are two for a life-critical device, and neither counts twice', async () => {
    const { deviceId, id } = await proposed({ criticality: 'life-critical' });
    await desk.answerPreview(deviceId);
    expect(await desk.quarantines.approve(id, approval(), APPROVER)).toMatchObject({ value: { given: 1, needed: 2 } });
    expect(await desk.quarantines.approve(id, approval(), APPROVER)).toMatchObject({
      refusal: { problem: 'same-person' },
    });
    expect(await desk.wanted(deviceId)).toEqual([]);
    expect(await desk.quarantines.approve(id, approval(), OTHER)).toMatchObject({ value: { decision: 'approved' } });
  });

  it('do not approve what they asked for', async () => {
    const { deviceId } = await desk.admit();
    const asker = { name: 'ann', role: 'approver' as const };
    const opened = await desk.quarantines.open(deviceId, 'it behaves oddly', asker);
    expect(opened).toMatchObject({ value: { decision: 'proposed' } });
    await desk.answerPreview(deviceId);
    const id = await desk.openQuarantine(deviceId);
    expect(await desk.quarantines.approve(id, approval(), asker)).toMatchObject({
      refusal: { problem: 'same-person' },
    });
    expect(await desk.quarantines.open(deviceId, 'again', OPERATOR)).toMatchObject({
      refusal: { problem: 'quarantine-open' },
    });
    expect(await desk.quarantines.approve(id, approval(), OTHER)).toMatchObject({ value: { decision: 'approved' } });
  });

  it('are told of the proposal again when its plan is there, and with each approval', async () => {
    const { deviceId, id } = await proposed({ criticality: 'life-critical' });
    await desk.answerPreview(deviceId);
    await desk.quarantines.approve(id, approval(), APPROVER);
    const events = await desk.of('lazaret.quarantine.proposed', deviceId);
    expect(events.map(({ data }) => [data.actor, data.planDigest, data.approvalsGiven])).toEqual([
      ['policy', null, 0],
      ['enforcement', DIGEST, 0],
      ['ann', DIGEST, 1],
    ]);
  });

  it('see what of the last days an isolation keeps and cuts', async () => {
    const { deviceId, id } = await proposed();
    const day = { day: new Date().toISOString().slice(0, 10), transport: 'tcp', opener: 'device' as const, frames: 9 };
    const lastSeen = new Date().toISOString();
    const store = { ...day, peerAddress: '10.20.0.10', port: 104, octets: 7000, lastSeen };
    const web = { ...day, peerAddress: '203.0.113.10', port: 80, octets: 100, lastSeen };
    for (const counts of [[store, web], [store]]) {
      await database.transaction((manager) => addDayCounts(manager, deviceId, counts));
    }
    const view = await desk.look.quarantines.quarantine(id);
    expect(view?.kept).toMatchObject([{ peerAddress: '10.20.0.10', peerName: 'Archive', frames: 18, octets: 14_000 }]);
    expect(view?.cut).toMatchObject([{ peerAddress: '203.0.113.10', peerName: null, frames: 9 }]);
  });

  it('who approve at once decide once', async () => {
    const { deviceId, id } = await proposed();
    await desk.answerPreview(deviceId);
    const results = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => desk.quarantines.approve(id, approval(), { name, role: 'approver' })),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(results.filter((result) => !result.ok && result.refusal.problem === 'already-decided')).toHaveLength(3);
    expect(await desk.wanted(deviceId)).toHaveLength(1);
  });

  it('can not approve a plan that cuts a required flow', async () => {
    const { deviceId, id } = await proposed();
    const [preview] = await desk.previews(deviceId);
    await desk.answerPreview(deviceId, { cut: preview?.permits.map(({ flowId }) => flowId) ?? [] });
    expect(await desk.quarantines.approve(id, approval(), APPROVER)).toMatchObject({
      refusal: { problem: 'required-flow-cut' },
    });
  });

  it('who reject are not asked again on the same evidence, but on graver', async () => {
    const { deviceId, id } = await proposed();
    await desk.quarantines.reject(id, 'a known test', APPROVER);
    await desk.hearAssessment(assessment(deviceId, { level: 'propose', logOdds: -1 }));
    expect(await desk.previews(deviceId)).toHaveLength(1);
    await desk.hearAssessment(assessment(deviceId));
    expect(await desk.previews(deviceId)).toHaveLength(2);
  });
});

describe('a proposal', () => {
  it('is withdrawn when the evidence has decayed', async () => {
    const { deviceId } = await proposed();
    await desk.hearAssessment(assessment(deviceId, { level: 'watch', logOdds: -12 }));
    expect(await desk.changes(deviceId)).toEqual(['proposed', 'withdrawn']);
  });

  it('lapses when nobody answers, and moves no device', async () => {
    const { deviceId } = await proposed();
    await desk.rounds.look(new Date(Date.now() + 3.9 * 3_600_000));
    expect(await desk.changes(deviceId)).toEqual(['proposed']);
    await desk.rounds.look(new Date(Date.now() + 4.1 * 3_600_000));
    expect(await desk.changes(deviceId)).toEqual(['proposed', 'lapsed']);
    expect(await desk.wanted(deviceId)).toEqual([]);
  });

  it('asks for a new plan when its contract changes', async () => {
    const made = await desk.admit();
    await desk.hearAssessment(assessment(made.deviceId, { level: 'propose', logOdds: -2 }));
    await desk.answerPreview(made.deviceId);
    await desk.hearDevice({ ...made, revision: 2, flows: [...made.flows, { ...made.flows[0]!, port: 11112 }] });
    const previews = await desk.previews(made.deviceId);
    expect(previews.map(({ generation, permits }) => [generation, permits.length])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const id = await desk.openQuarantine(made.deviceId);
    expect(await desk.quarantines.approve(id, approval(), APPROVER)).toMatchObject({
      refusal: { problem: 'plan-pending' },
    });
  });
});

describe('an isolation', () => {
  it('returns to people with a new preview when its plan changed before the first write', async () => {
    const people = new Desk(database, inForce({ version: 1, rules: ISOLATE_ALONE.rules.slice(1) }));
    desk = people;
    const { deviceId, id } = await proposed();
    await people.answerPreview(deviceId);
    await people.quarantines.approve(id, approval(), APPROVER);
    const [apply] = await people.wanted(deviceId);
    await people.hearSeen(seenOf(apply!, { refusal: 'plan-changed', truth: 'intended' }));
    expect(await people.changes(deviceId)).toEqual(['proposed', 'proposed', 'approved', 'proposed']);
    expect((await people.wanted(deviceId)).map(({ mode }) => mode)).toEqual(['apply', 'release']);
    await people.answerPreview(deviceId);
    expect(await people.quarantines.approve(id, approval(), APPROVER)).toMatchObject({
      value: { decision: 'approved' },
    });
    const generations = (await people.wanted(deviceId)).map(({ mode, generation }) => [mode, generation]);
    expect(generations).toEqual([
      ['apply', 2],
      ['release', 3],
      ['apply', 5],
    ]);
  });

  it('becomes proven, and shows what was seen when', async () => {
    const { deviceId, id } = await isolated();
    const [apply] = await desk.wanted(deviceId);
    await desk.hearSeen(seenOf(apply!, { truth: 'acknowledged' }));
    await desk.hearSeen(seenOf(apply!));
    const view = await desk.look.quarantines.quarantine(id);
    expect(view).toMatchObject({ decision: 'approved', truth: 'proven', undo: ['ovs-vsctl set port wl-mri tag=10'] });
    expect(await desk.changes(deviceId)).toEqual(['proposed', 'approved', 'truth-changed', 'truth-changed']);
    const kinds = (await desk.look.quarantines.timeline(id))?.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['proposed', 'approved', 'permits-in', 'port-moved', 'contained']));
  });

  it('leaves its undo sheet before anything is applied', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'undo-'));
    desk = new Desk(database, desk.policy, folder);
    const { deviceId } = await proposed();
    await desk.answerPreview(deviceId);
    expect(await desk.wanted(deviceId)).toEqual([]);
    const [file] = readdirSync(folder);
    expect(readFileSync(join(folder, file ?? ''), 'utf8')).toMatch(/MRI-3[^]*ovs-vsctl set port wl-mri tag=10/);
    rmSync(folder, { recursive: true });
  });

  it('ignores what enforcement says of another generation', async () => {
    const { deviceId, id } = await isolated();
    const [apply] = await desk.wanted(deviceId);
    await desk.hearSeen(seenOf({ ...apply!, generation: 1 }));
    expect((await desk.look.quarantines.quarantine(id))?.truth).toBe('intended');
  });

  it('stays when its review is due, and people are told once', async () => {
    const { deviceId, id } = await isolated();
    const later = new Date(Date.now() + 73 * 3_600_000);
    await desk.rounds.look(later);
    await desk.rounds.look(later);
    expect((await desk.look.quarantines.quarantine(id))?.conditions).toMatchObject([{ condition: 'ReviewDue' }]);
    expect(await desk.wanted(deviceId)).toHaveLength(1);
    expect(desk.told.notices.filter(({ about }) => about === 'ReviewDue')).toHaveLength(1);
    const [apply] = await desk.wanted(deviceId);
    await desk.hearSeen(seenOf(apply!));
    expect((await desk.look.quarantines.quarantine(id))?.conditions).toHaveLength(1);
  });

  it('is released by a generation of its own, watched, and closed after its probation', async () => {
    const { deviceId, id } = await isolated();
    expect(await desk.quarantines.release(id, 'cleaned', APPROVER)).toMatchObject({ value: { decision: 'released' } });
    const release = (await desk.wanted(deviceId)).at(-1);
    expect(release).toMatchObject({ mode: 'release', generation: 3, permits: [], planDigest: null });
    await desk.hearAssessment(assessment(deviceId, { firstEvidenceAt: '2026-01-05T08:00:00.000Z' }));
    expect((await desk.look.quarantines.quarantine(id))?.decision).toBe('released');
    const nextDay = new Date(Date.now() + 25 * 3_600_000);
    await desk.rounds.look(nextDay);
    expect((await desk.look.quarantines.quarantine(id))?.decision).toBe('released');
    await desk.hearSeen(seenOf(release!));
    await desk.rounds.look(nextDay);
    expect((await desk.look.quarantines.quarantine(id))?.decision).toBe('closed');
    await desk.hearAssessment(assessment(deviceId, { firstEvidenceAt: '2026-01-05T08:00:00.000Z' }));
    expect(await desk.previews(deviceId)).toHaveLength(1);
  });

  it('F21 of a released device begins anew, as another quarantine, on evidence since the release', async () => {
    const { deviceId, id } = await isolated();
    await desk.quarantines.release(id, 'cleaned', APPROVER);
    await desk.hearAssessment(assessment(deviceId, { firstEvidenceAt: new Date(Date.now() + 1).toISOString() }));
    expect(await desk.openQuarantine(deviceId)).not.toBe(id);
    expect((await desk.look.quarantines.quarantine(id))?.decision).toBe('closed');
  });
});

describe('what stops us', () => {
  it('freezes what is wanted under the same generation, and thaws it', async () => {
    const { deviceId } = await isolated();
    await desk.stops.hold(deviceId, 'I am at the switch', OPERATOR);
    await desk.stops.hold(deviceId, 'still', OPERATOR);
    await desk.stops.unhold(deviceId, 'done', OPERATOR);
    const wishes = (await desk.wanted(deviceId)).map(({ generation, frozen }) => [generation, frozen]);
    expect(wishes).toEqual([
      [2, false],
      [2, true],
      [2, false],
    ]);
  });

  it('is a kill switch for all, under which nothing is approved but a release goes out', async () => {
    const first = await isolated();
    const waiting = await proposed({ asset: 'CT-9', aeTitles: [] });
    await desk.answerPreview(waiting.deviceId);
    await desk.stops.setKillSwitch(true, 'exercise', { name: 'ada', role: 'admin' });
    expect((await desk.wanted(first.deviceId)).at(-1)).toMatchObject({ mode: 'apply', frozen: true });
    await desk.hearAssessment(assessment(waiting.deviceId));
    expect(await desk.wanted(waiting.deviceId)).toEqual([]);
    expect(await desk.quarantines.approve(waiting.id, approval(), APPROVER)).toMatchObject({
      refusal: { problem: 'kill-switch-on' },
    });
    expect(await desk.quarantines.release(first.id, 'all clear', APPROVER)).toMatchObject({ ok: true });
    expect((await desk.wanted(first.deviceId)).at(-1)).toMatchObject({ mode: 'release' });
    await desk.stops.setKillSwitch(false, 'over', { name: 'ada', role: 'admin' });
    await desk.rounds.look(new Date());
    expect(await desk.wanted(waiting.deviceId)).toHaveLength(1);
  });
});

it('says again what enforcement has not seen, and only that', async () => {
  const { deviceId } = await isolated();
  const waiting = await proposed({ asset: 'CT-9', aeTitles: [] });
  const later = new Date(Date.now() + 31_000);
  await desk.rounds.compare(30_000, new Date());
  expect(await desk.wanted(deviceId)).toHaveLength(1);
  await desk.rounds.compare(30_000, later);
  expect(await desk.wanted(deviceId)).toHaveLength(2);
  expect(await desk.previews(waiting.deviceId)).toHaveLength(2);
  const [apply] = await desk.wanted(deviceId);
  await desk.hearSeen(seenOf(apply!));
  await desk.answerPreview(waiting.deviceId);
  await desk.rounds.compare(30_000, new Date(later.getTime() + 60_000));
  expect(await desk.wanted(deviceId)).toHaveLength(2);
  expect(await desk.previews(waiting.deviceId)).toHaveLength(2);
});
