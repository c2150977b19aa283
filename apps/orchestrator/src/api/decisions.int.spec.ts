import { device } from '../testing/examples.js';
import type { Answer } from './testing/rest-reader.client.js';
import { ASK_PEOPLE, RestService } from './testing/rest-service.client.js';

let service: RestService;
let ann: string;
let bob: string;

beforeAll(async () => {
  const protectedAssets = { assets: ['guarded/MRI-0'] };
  service = await RestService.start({
    ...ASK_PEOPLE,
    limits: { ...ASK_PEOPLE.limits, site: 3 },
    protected: protectedAssets,
  });
  [ann, bob] = [await service.token('ann', 'approver'), await service.token('bob', 'approver')];
}, 120_000);
afterAll(() => service.stop());

const nameOf = ({ body, status }: Answer) =>
  status < 400 ? String(body['decision']) : String(body['type']).replace('/problems/', '');
const tally = (answers: Answer[]) => answers.map(nameOf).sort();

/** What an approver has seen and would approve. */
async function consentTo(id: string) {
  const { body } = await service.as('viewer').get(`/v1/quarantines/${id}`);
  return { planDigest: body['planDigest'], policyVersion: body['policyVersion'], reason: 'agreed with radiology' };
}

function approve(id: string, token: string, consent: object): Promise<Answer> {
  return service.as({ token }).post(`/v1/quarantines/${id}/approvals`, consent);
}

const approvalsOf = async (id: string) => {
  const statement = 'SELECT person FROM approvals WHERE quarantine_id = $1 AND spent_at IS NULL ORDER BY person';
  return (await service.database.owner.query<{ person: string }>(statement, [id])).rows.map(({ person }) => person);
};
/** What is wanted of enforcement, of each device of which something is. */
const wantedOf = async (...deviceIds: string[]) =>
  (
    await service.database.owner.query<{ body: string }>('SELECT body FROM wanted WHERE device_id = ANY($1)', [
      deviceIds,
    ])
  ).rows.map(({ body }) => JSON.parse(body) as { mode: string; generation: number });

async function proposed(site: string, changes = {}, plan = {}): Promise<{ deviceId: string; id: string }> {
  const [deviceId = ''] = await service.admit(1, { site, ...changes });
  const [id = ''] = await service.propose([deviceId], plan);
  return { deviceId, id };
}

describe('one quarantine approved by two at once', () => {
  it('is decided by exactly one of them, and counts one approval', async () => {
    const { deviceId, id } = await proposed('once');
    const consent = await consentTo(id);
    const answers = await Promise.all([approve(id, ann, consent), approve(id, bob, consent)]);
    expect(tally(answers)).toEqual(['already-decided', 'approved']);
    expect(await approvalsOf(id)).toHaveLength(1);
    expect(await wantedOf(deviceId)).toMatchObject([{ mode: 'apply', generation: 2 }]);
  });

  it('needs two people where it is life-critical, however often one of them asks', async () => {
    const { deviceId, id } = await proposed('vital', { criticality: 'life-critical' });
    const consent = await consentTo(id);
    const answers = await Promise.all([ann, ann, ann].map((token) => approve(id, token, consent)));
    expect(tally(answers)).toEqual(['proposed', 'same-person', 'same-person']);
    expect(answers.find(({ status }) => status === 201)?.body).toMatchObject({ given: 1, needed: 2 });
    expect(await wantedOf(deviceId)).toEqual([]);
    expect(await approve(id, bob, consent)).toMatchObject({ status: 201, body: { decision: 'approved', given: 2 } });
    expect(await approvalsOf(id)).toEqual(['ann', 'bob']);
  });

  it('counts exactly two of five who agree at the same moment', async () => {
    const { deviceId, id } = await proposed('crowd', { criticality: 'life-critical' });
    const people = await Promise.all([1, 2, 3, 4, 5].map((n) => service.token(`crowd-${n}`, 'approver')));
    const consent = await consentTo(id);
    const answers = await Promise.all(people.map((token) => approve(id, token, consent)));
    expect(tally(answers)).toEqual([...Array<string>(3).fill('already-decided'), 'approved', 'proposed']);
    expect(await approvalsOf(id)).toHaveLength(2);
    expect(await wantedOf(deviceId)).toMatchObject([{ mode: 'apply', generation: 2 }]);
  });

  it('is not decided by who asked for it', async () => {
    const [deviceId = ''] = await service.admit(1, { site: 'own' });
    const opened = await service.as({ token: ann }).post('/v1/quarantines', { deviceId, reason: 'it scans' });
    await service.answerPreviews([deviceId]);
    const id = String(opened.body['quarantineId']);
    const consent = await consentTo(id);
    expect(nameOf(await approve(id, ann, consent))).toBe('same-person');
    expect(nameOf(await approve(id, bob, consent))).toBe('approved');
  });
});

it('lets exactly 3 of 50 connections through a limit of 3, and nothing is stuck after', async () => {
  const devices = await service.admit(50, { site: 'busy' });
  const ids = await service.propose(devices);
  const consents = await Promise.all(ids.map(consentTo));
  const answers = await Promise.all(ids.map((id, i) => approve(id, i % 2 ? ann : bob, consents[i] ?? {})));
  expect(tally(answers)).toEqual([...Array<string>(3).fill('approved'), ...Array<string>(47).fill('limit-reached')]);
  const refused = answers.find(({ status }) => status === 409);
  expect(refused?.body['detail']).toContain('site/busy');
  const { body } = await service.as('viewer').get('/v1/limits');
  expect(body['items']).toContainEqual(expect.objectContaining({ scope: 'site/busy', cap: 3, used: 3 }));
  const open = await service.as('viewer').get('/v1/quarantines?decision=proposed&limit=500');
  const stillOpen = (open.body['items'] as { quarantineId: string }[]).filter(({ quarantineId }) =>
    ids.includes(quarantineId),
  );
  expect(stillOpen).toHaveLength(47);
  expect(await wantedOf(...devices)).toHaveLength(3);
  const [left = ''] = stillOpen.map(({ quarantineId }) => quarantineId);
  const rejected = await service.as({ token: bob }).post(`/v1/quarantines/${left}/rejections`, { reason: 'next hour' });
  expect(nameOf(rejected)).toBe('rejected');
}, 90_000);

describe('an approval', () => {
  it('of another plan or policy than stands there now is stale, and says which', async () => {
    const { deviceId, id } = await proposed('stale');
    const consent = await consentTo(id);
    const oldPlan = await approve(id, ann, { ...consent, planDigest: `sha256:${'0'.repeat(64)}` });
    expect(oldPlan).toMatchObject({ status: 409, body: { type: '/problems/plan-stale', stale: 'plan' } });
    const oldRules = await approve(id, ann, { ...consent, policyVersion: `sha256:${'0'.repeat(64)}` });
    expect(oldRules).toMatchObject({ status: 409, body: { type: '/problems/plan-stale', stale: 'policy' } });
    expect(await wantedOf(deviceId)).toEqual([]);
    expect(nameOf(await approve(id, ann, consent))).toBe('approved');
  });

  it('waits for the plan, is not taken for one that is impossible, nor for one that cuts a required flow', async () => {
    const [deviceId = ''] = await service.admit(1, { site: 'plans' });
    const opened = await service.as('operator').post('/v1/quarantines', { deviceId, reason: 'it scans' });
    const id = String(opened.body['quarantineId']);
    const blind = { planDigest: `sha256:${'0'.repeat(64)}`, policyVersion: 'any', reason: 'quick' };
    expect(nameOf(await approve(id, ann, blind))).toBe('plan-pending');
    await service.answerPreviews([deviceId], { possible: false });
    expect(nameOf(await approve(id, ann, await consentTo(id)))).toBe('plan-impossible');
    const view = await service.as('viewer').get(`/v1/devices/${deviceId}`);
    const { flows } = view.body['contract'] as { flows: { flowId: string }[] };
    const cut = await proposedAgain(id, deviceId, { cut: flows.map(({ flowId }) => flowId) });
    expect(nameOf(await approve(cut, ann, await consentTo(cut)))).toBe('required-flow-cut');
  });

  it('is not taken while the kill switch is on; a release is', async () => {
    const [running = '', waiting = ''] = await service.propose(await service.admit(2, { site: 'stopped' }));
    await approve(running, ann, await consentTo(running));
    await service.as('admin').put('/v1/kill-switch', { on: true, reason: 'a drill' });
    expect(nameOf(await approve(waiting, ann, await consentTo(waiting)))).toBe('kill-switch-on');
    const released = await service.as({ token: ann }).post(`/v1/quarantines/${running}/releases`, { reason: 'clean' });
    expect(nameOf(released)).toBe('released');
    await service.as('admin').put('/v1/kill-switch', { on: false, reason: 'the drill is over' });
    expect(nameOf(await approve(waiting, ann, await consentTo(waiting)))).toBe('approved');
  });

  it('or a rejection after a decision, and a release before one, are refused', async () => {
    const { id } = await proposed('late');
    const reader = service.as({ token: bob });
    const consent = await consentTo(id);
    expect(nameOf(await reader.post(`/v1/quarantines/${id}/releases`, { reason: 'why' }))).toBe('not-approved');
    expect(nameOf(await reader.post(`/v1/quarantines/${id}/rejections`, { reason: 'no worm' }))).toBe('rejected');
    expect(nameOf(await approve(id, ann, consent))).toBe('already-decided');
    expect(nameOf(await reader.post(`/v1/quarantines/${id}/rejections`, { reason: 'no' }))).toMatch(/invalid-request/);
    expect(nameOf(await reader.post(`/v1/quarantines/${id}/rejections`, { reason: 'again' }))).toBe('already-decided');
  });
});

it('proposes nothing that must not be touched, that nobody can find, or that is proposed already', async () => {
  const open = (deviceId: string) => service.as('operator').post('/v1/quarantines', { deviceId, reason: 'it scans' });
  const [guarded = ''] = await service.admit(1, { site: 'guarded' });
  expect(nameOf(await open(guarded))).toBe('protected');
  const [gateway = ''] = await service.admit(1, { site: 'gateway', infrastructure: true });
  expect(nameOf(await open(gateway))).toBe('infrastructure');
  const nowhere = device().interfaces.map((one) => ({ ...one, pointId: null, port: null }));
  const [lost = ''] = await service.admit(1, { site: 'lost', interfaces: nowhere });
  expect(nameOf(await open(lost))).toBe('no-attachment');
  const { deviceId } = await proposed('again');
  expect(nameOf(await open(deviceId))).toBe('quarantine-open');
});

/** Rejects a proposal and makes another of the same device, whose plan is another too. */
async function proposedAgain(id: string, deviceId: string, plan: object): Promise<string> {
  await service.as({ token: bob }).post(`/v1/quarantines/${id}/rejections`, { reason: 'no such plan' });
  const [again = ''] = await service.propose([deviceId], plan);
  return again;
}
