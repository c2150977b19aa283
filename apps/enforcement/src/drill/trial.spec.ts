import { FakeSessions, nacPoint, radiusPoints, type FakeNac } from '../../test/fake-nac.js';
import { FakePoint, fakeFacts, fakeProfile } from '../../test/fake-point.js';
import { PointLocks } from '../apply/point-locks.js';
import type { Point } from '../read/point.js';
import type { DrillRequest, Outcome, Written } from './drill.js';
import type { Surroundings } from './drills.store.js';
import type { ProbeAttempt, ProbeOutcome, Prober } from './probe.js';
import type { TestPort } from './test-port.js';
import { runTrial } from './trial.js';
import { trialPoints, type Trial } from './trial-plan.js';

const MAC = '08:00:06:10:00:99';
const TEST_PORT: TestPort = {
  point: 'sw-1',
  switch: 'sw-1',
  port: 'spare',
  mac: MAC,
  address: '10.10.0.99',
  address6: '2001:db8::99',
  vlan: 10,
  probe: { address: '10.20.0.10', address6: '2001:db8:20::10', agent: null },
  ports: { permitted: 50_104, other: 50_445 },
};
const REQUEST: DrillRequest = {
  drillId: 'drill-1',
  pointId: 'sw-1',
  requestedBy: 'ann',
  requestedAt: '2026-01-05T08:00:00.000Z',
  expiresAt: '2026-01-05T08:01:00.000Z',
  port: 'spare',
  mac: MAC,
  mode: null,
};

/** A network of a sort: whether an attempt is answered is asked of the test, at the time of the attempt. */
class FakeProber implements Prober {
  silentUntil = 0;

  constructor(private readonly answers: (attempt: ProbeAttempt) => boolean) {}

  async attempt(attempt: ProbeAttempt): Promise<ProbeOutcome> {
    const answered = Date.now() >= this.silentUntil && this.answers(attempt);
    await new Promise((resolve) => setTimeout(resolve, answered ? 2 : 40));
    return answered ? 'refused' : 'silent';
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface Run {
  outcome: Outcome;
  notes: string[];
  written: Written[];
}

async function run(points: readonly Point[], prober: Prober, changes: Partial<Trial> = {}): Promise<Run> {
  const all = new Map(points.map((one) => [one.facts.id, one]));
  const request = { ...REQUEST, ...changes.request };
  const testPort = { ...TEST_PORT, ...changes.testPort };
  const tried = trialPoints(all, request, testPort);
  if (typeof tried === 'string') throw new Error(tried);
  const surroundings: Surroundings = { location: null, neighbours: [], isIsolated: false };
  const interlocks = { protectedMacs: [], infrastructureMacs: [], isolationsAnHour: 5 };
  const [notes, written, fences]: [string[], Written[], Map<string, number>] = [[], [], new Map()];
  const store = {
    renew: () => Promise.resolve(true),
    begin: (_: unknown, __: unknown, { pointId, step }: { pointId: string; step: { kind: string } }) => {
      notes.push(`${pointId} ${step.kind}`);
      fences.set(pointId, (fences.get(pointId) ?? 0) + 1);
      return Promise.resolve({ attemptId: `${notes.length}`, fence: fences.get(pointId) ?? 0 });
    },
    ended: () => Promise.resolve(),
    noteWritten: (_: string, one: Written) => {
      notes.push('noted');
      written.push(one);
      return Promise.resolve();
    },
    noteReleasing: () => Promise.resolve(),
  };
  const outcome = await runTrial(
    { request, testPort, points: tried, surroundings, number: 99, interlocks, ...changes },
    {
      store,
      points: all,
      locks: new PointLocks(),
      now: () => new Date(),
      prober,
      keepUndo: () => Promise.resolve(),
      signal: new AbortController().signal,
      patienceMs: 2500,
    },
  );
  return { outcome, notes, written };
}

/** A switch by ports; `inbound`: it filters what the device sends only. */
function atPort(inbound = false) {
  const point = new FakePoint(() => new Date()).plug('spare', 10, [MAC]).plug('r10', 10, null);
  point.profile = { ...fakeProfile, confirmed: false };
  const isIsolated = () => point.entries.length > 0;
  const prober = new FakeProber(({ from, to }) => {
    if (!isIsolated()) return true;
    if (to.address.includes(':')) return false;
    return to.port === TEST_PORT.ports.permitted || (inbound && from.port !== 0);
  });
  return { point, prober, points: [{ facts: fakeFacts, profile: point.profile, driver: point }] };
}

/** A RADIUS server's policy and a switch that renews; each renewal takes a moment in which nothing is answered. */
function atSession(gapMs: number) {
  const sessions = new FakeSessions();
  const prober: FakeProber = new FakeProber(({ to }) => {
    const session = sessions.live.get(MAC);
    if (!session?.isolated) return session !== undefined;
    return to.port === TEST_PORT.ports.permitted && !to.address.includes(':');
  });
  const begin = sessions.begin.bind(sessions);
  sessions.begin = (mac, at) => {
    begin(mac, at);
    prober.silentUntil = Date.now() + gapMs;
  };
  begin(MAC);
  return { sessions, prober, points: radiusPoints(sessions, () => new Date()) };
}

const failed = ({ outcome }: Run) => outcome.findings.filter(({ ok }) => ok === false).map(({ check }) => check);

describe('a trial at a switch that keeps its state by port', () => {
  it.concurrent('notes what it will write before it writes, measures, and leaves nothing', async () => {
    const { point, points, prober } = atPort();
    const done = await run(points, prober);
    expect(done.outcome).toMatchObject({
      state: 'passed',
      measured: { order: 'make-before-break', interruption: 'none', direction: 'both', covers: 'all' },
    });
    expect(done.notes[0]).toBe('noted');
    expect(done.written).toMatchObject([{ pointId: 'sw-1', isolation: { mac: MAC, deviceNumber: 99 } }]);
    expect([point.entries, point.at('spare')]).toMatchObject([[], { vlan: 10, mark: null }]);
  });

  it.concurrent('finds out that what it does not permit still reaches the device', async () => {
    const { points, prober } = atPort(true);
    expect((await run(points, prober)).outcome.measured).toMatchObject({ direction: 'from-device' });
  });

  it.concurrent('says nothing of IPv6 where no address is named', async () => {
    const { points, prober } = atPort();
    const testPort = { ...TEST_PORT, address6: null };
    expect((await run(points, prober, { testPort })).outcome.measured).toMatchObject({ covers: null });
  });

  it.concurrent('F14 confirms nothing where the quarantine VLAN leads nowhere, and takes the device back', async () => {
    const { point, points } = atPort();
    const dead = new FakeProber(() => point.at('spare').vlan !== 66);
    const done = await run(points, dead, { request: { ...REQUEST, mode: 'vlan-bridged' } });
    expect(done.outcome).toMatchObject({ state: 'failed', measured: null });
    expect(failed(done)).toContain('interruption');
    expect([point.entries, point.at('spare')]).toMatchObject([[], { vlan: 10, mark: null }]);
  });

  it.concurrent('F5 confirms nothing where the point acknowledges and does nothing', async () => {
    const { point, points, prober } = atPort();
    point.nextApply = 'lie';
    const done = await run(points, prober);
    expect(done.outcome.state).toBe('passed');
    // The first write was read back, found missing, and made again.
    expect(done.notes.filter((note) => note === 'sw-1 install-entries')).toHaveLength(2);
  });

  it.concurrent.each([
    ['is isolated in earnest', { isIsolated: true }],
    ['has clinical flows', { location: { flows: [{}], name: 'MRI 3', interfaces: [] } }],
    ['is somewhere else', { location: { flows: [], interfaces: [{ mac: MAC, pointId: 'sw-2', port: '7' }] } }],
  ])('writes nothing where the device %s', async (_, surroundings) => {
    const { points, prober } = atPort();
    const known = { location: null, neighbours: [], isIsolated: false, ...surroundings } as unknown as Surroundings;
    const done = await run(points, prober, { surroundings: known });
    expect([done.outcome.state, done.notes]).toEqual(['refused', []]);
  });
});

describe('a trial of sessions', () => {
  it.concurrent('assigns, has the session renewed, and measures how long that cuts the device off', async () => {
    const { points, prober, sessions } = atSession(600);
    const done = await run(points, prober);
    const { measured, state } = done.outcome;
    expect([state, failed(done)]).toEqual(['passed', []]);
    const { gapMs } = measured?.interruption as { gapMs: number };
    expect(gapMs).toBeGreaterThanOrEqual(600);
    expect(gapMs).toBeLessThan(2000);
    expect(measured).toMatchObject({ order: 'atomic', covers: 'all' });
    expect(sessions.history).toEqual(['radius-server set', 'sw-1 renew', 'radius-server clear', 'sw-1 renew']);
    expect([sessions.policies.size, sessions.live.get(MAC)?.isolated]).toEqual([0, false]);
  });

  it.concurrent('works the same way at a NAC that has the switch and does both', async () => {
    const { prober, sessions } = atSession(0);
    const points = [nacPoint(sessions, () => new Date())];
    const request = { ...REQUEST, pointId: 'nac' };
    expect((await run(points, prober, { request })).outcome.state).toBe('passed');
  });

  it.concurrent('does not begin where nobody is connected', async () => {
    const { points, sessions } = atSession(0);
    sessions.live.clear();
    const answering = new FakeProber(() => true);
    const done = await run(points, answering);
    expect(done.notes).toEqual([]);
    expect(done.outcome.findings.at(-1)?.detail).toContain('no live session');
  });

  it.concurrent(
    'F16 confirms nothing where the new session does not carry what is assigned, and takes it back',
    async () => {
      const { points, prober, sessions } = atSession(0);
      sessions.network = 'ignores-policy';
      const done = await run(points, prober);
      expect(done.outcome).toMatchObject({ state: 'failed', measured: null });
      expect(failed(done)).toContain('isolation');
      expect(sessions.policies.size).toBe(0);
    },
  );

  it.concurrent('keeps trying to take back what it has assigned while the policy source does not answer', async () => {
    const { points, prober, sessions } = atSession(0);
    const source = points[0]?.driver as FakeNac;
    const down = setInterval(() => {
      if (sessions.history.length >= 2) source.isDown = !source.isDown;
    }, 150);
    const done = await run(points, prober);
    clearInterval(down);
    expect(done.outcome.findings.at(-1)).toMatchObject({ check: 'release', ok: true });
    expect(sessions.policies.size).toBe(0);
  });
});
