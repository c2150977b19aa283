import fc from 'fast-check';
import type { Level } from '#events';
import { verifyAudit } from '../audit/verify-audit.store.js';
import type { Actor } from '../commands.js';
import { openDatabase, type TestDatabase } from '../testing/database.client.js';
import { Desk } from '../testing/desk.store.js';
import { assessment, inForce, seenOf } from '../testing/examples.js';
import { Oracle } from '../testing/oracle.js';
import { mayMove } from './transitions.js';

const CAP = 1;
const DIGESTS = { whole: `sha256:${'aa'.repeat(32)}`, cutting: `sha256:${'cc'.repeat(32)}` };
const rules = inForce({
  version: 1,
  defaults: { approvals: { count: 2, role: 'approver' } },
  rules: [{ name: 'ask', when: { level: 'propose' }, then: 'propose' }],
  limits: { site: CAP, ward: 9, modality: 9, point: 9 },
});

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/** The service under test, with the ids that it gave. */
interface Real {
  desk: Desk;
  deviceIds: string[];
}
type Outcome = string;
/** How often each step came out how, so that a test in which nothing happens is seen. */
const seen = new Map<string, number>();

class Step {
  constructor(
    private readonly text: string,
    private readonly device: number,
    private readonly may: (oracle: Oracle) => boolean,
    private readonly expected: (oracle: Oracle) => Outcome | void,
    private readonly run_: (real: Real, deviceId: string) => Promise<Outcome | void>,
  ) {}

  check(oracle: Oracle): boolean {
    return this.may(oracle);
  }

  async run(oracle: Oracle, real: Real): Promise<void> {
    const expected = this.expected(oracle);
    const got = await this.run_(real, real.deviceIds[this.device] ?? '');
    expect(got).toBe(expected);
    const key = `${this.text.replace(/ .*/, '')} ${got ?? ''}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    await compare(oracle, real);
  }

  toString(): string {
    return this.text;
  }
}

async function compare(oracle: Oracle, { desk, deviceIds }: Real): Promise<void> {
  for (const [index, deviceId] of deviceIds.entries()) {
    const expected = oracle.of(index);
    const { items } = await desk.look.quarantines.quarantines({ deviceId }, { limit: 1, cursor: null });
    expect(items[0]?.decision ?? null).toBe(expected.decision);
    expect(decisionsOf(await desk.wanted(deviceId))).toEqual(expected.wanted);
  }
  const site = (await desk.look.rules.limits()).find(({ scope }) => scope === 'site/north');
  expect(site?.used ?? 0).toBe(oracle.used);
}

/** A wish that was said again under its generation (frozen, thawed) is no new decision. */
function decisionsOf(wanted: Awaited<ReturnType<Desk['wanted']>>): string[] {
  return [...new Map(wanted.map(({ generation, mode }) => [generation, mode])).values()];
}

const person = (name: string): Actor => ({ name, role: 'approver' });
const latest = async ({ desk }: Real, deviceId: string) => {
  const { items } = await desk.look.quarantines.quarantines({ deviceId }, { limit: 1, cursor: null });
  return items[0]?.quarantineId ?? '';
};
const problem = (result: { ok: true } | { ok: false; refusal: { problem: string } }) =>
  result.ok ? 'ok' : result.refusal.problem;

const device = fc.constantFrom(0, 0, 1, 2);
const name = fc.constantFrom('ann', 'bob', 'cid');
const digest = fc.constantFrom<('whole' | 'cutting')[]>('whole', 'whole', 'whole', 'whole', 'cutting');
const exists = (index: number) => (oracle: Oracle) => oracle.of(index).decision !== null;
const is = (index: number, decision: string) => (oracle: Oracle) => oracle.of(index).decision === decision;

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(device, fc.constantFrom<Level[]>('none', 'propose', 'isolate')).map(
      ([d, level]) =>
        new Step(
          `assess ${d} ${level}`,
          d,
          () => true,
          (oracle) => oracle.assess(d, level),
          ({ desk }, deviceId) => desk.hearAssessment(assessment(deviceId, { level, mayActAlone: false })),
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(device, name).map(
      ([d, who]) =>
        new Step(
          `open ${d} by ${who}`,
          d,
          () => true,
          (oracle) => oracle.open(d, who),
          async ({ desk }, deviceId) => problem(await desk.quarantines.open(deviceId, 'odd', person(who))),
        ),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(device, digest).map(
      ([d, kind]) =>
        new Step(
          `plan ${d} ${kind}`,
          d,
          is(d, 'proposed'),
          (oracle) => void (oracle.of(d).digest = kind),
          async ({ desk }, deviceId) => {
            const flows = (await desk.previews(deviceId)).at(-1)?.permits.map(({ flowId }) => flowId) ?? [];
            await desk.answerPreview(deviceId, { planDigest: DIGESTS[kind], cut: kind === 'cutting' ? flows : [] });
          },
        ),
    ),
  },
  {
    weight: 12,
    arbitrary: fc.tuple(device, name, digest).map(
      ([d, who, sees]) =>
        new Step(
          `approve ${d} by ${who} seeing ${sees}`,
          d,
          exists(d),
          (oracle) => oracle.approve(d, who, sees),
          async (real, deviceId) => {
            const request = { planDigest: DIGESTS[sees], policyVersion: rules.version, reason: 'go' };
            return problem(await real.desk.quarantines.approve(await latest(real, deviceId), request, person(who)));
          },
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: device.map(
      (d) =>
        new Step(
          `reject ${d}`,
          d,
          exists(d),
          (oracle) => oracle.reject(d),
          async (real, id) => problem(await real.desk.quarantines.reject(await latest(real, id), 'no', person('ann'))),
        ),
    ),
  },
  {
    weight: 2,
    arbitrary: device.map(
      (d) =>
        new Step(
          `release ${d}`,
          d,
          exists(d),
          (oracle) => oracle.release(d),
          async (real, id) => problem(await real.desk.quarantines.release(await latest(real, id), 'ok', person('bob'))),
        ),
    ),
  },
  {
    weight: 2,
    arbitrary: device.map(
      (d) =>
        new Step(
          `plan changed ${d}`,
          d,
          is(d, 'approved'),
          (oracle) => oracle.planChanged(d),
          async ({ desk }, deviceId) => {
            const apply = (await desk.wanted(deviceId)).at(-1);
            await desk.hearSeen(seenOf(apply!, { refusal: 'plan-changed', truth: 'intended' }));
          },
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (on) =>
        new Step(
          `kill switch ${on}`,
          0,
          () => true,
          (oracle) => void (oracle.killSwitch = on),
          async ({ desk }) => void (await desk.stops.setKillSwitch(on, 'exercise', { name: 'ada', role: 'admin' })),
        ),
    ),
  },
);

/** What must have come about in the runs. */
const HAPPENED = ['assess ', 'plan ', 'approve ok', 'approve plan-pending', 'approve already-decided', 'reject ok'];

it('decides as a much simpler telling of the same rules, in any order of commands and events', async () => {
  const runs = fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 70 }), async (list) => {
    await database.reset();
    const desk = new Desk(database, rules);
    const deviceIds: string[] = [];
    for (const asset of ['A', 'B', 'C']) deviceIds.push((await desk.admit({ asset, aeTitles: [] })).deviceId);
    const oracle = new Oracle(3, CAP);
    for (const one of list) if (one.check(oracle)) await one.run(oracle, { desk, deviceIds });
    await onlyLegalMoves(desk);
    expect(await verifyAudit(database.dataSource.manager)).toMatchObject({ ok: true });
  });
  await fc.assert(runs, { numRuns: 8, endOnFailure: true });
  for (const key of HAPPENED) expect([key, seen.get(key) ?? 0]).not.toEqual([key, 0]);
}, 240_000);

/** What the stream of events says, read afterwards: legal moves, growing versions, generations that never fall. */
async function onlyLegalMoves(desk: Desk): Promise<void> {
  const { items } = await desk.look.quarantines.events(0, 10_000);
  const last = new Map<string, { decision: Parameters<typeof mayMove>[0]; version: number }>();
  for (const { event } of items) {
    const { quarantineId, decision, version } = event.data;
    const before = last.get(quarantineId) ?? { decision: null, version: 0 };
    expect(before.decision === decision || mayMove(before.decision, decision)).toBe(true);
    expect(version).toBeGreaterThan(before.version);
    last.set(quarantineId, { decision, version });
  }
  const devices = new Set(items.map(({ event }) => event.subject));
  for (const deviceId of devices) {
    const generations = (await desk.wanted(deviceId)).map(({ generation }) => generation);
    expect(generations).toEqual([...generations].sort((a, b) => a - b));
  }
}
