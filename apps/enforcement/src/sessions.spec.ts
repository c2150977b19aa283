import { FakeSessions, nacPoint, radiusPoints, type FakeNac } from '../test/fake-nac.js';
import { MRI, Scene, permit, wish } from '../test/scene.js';
import type { Point } from './read/point.js';

const SECONDS = 1000;

/** A device with a live session, behind a RADIUS policy and a switch, or behind a NAC. */
function scene(make: (sessions: FakeSessions, now: () => Date) => Point[] = radiusPoints) {
  const made = new Scene();
  const sessions = new FakeSessions();
  sessions.begin(MRI);
  const points = make(sessions, made.now);
  made.points = () => points;
  const driver = (id: string): FakeNac => points.find((one) => one.facts.id === id)?.driver as FakeNac;
  return { scene: made, sessions, driver, points };
}

const long = { maxInterruptionMs: 10_000 };

describe('an isolation by policy and session', () => {
  it('assigns first, then has the session renewed once, and is proven like any other', async () => {
    const { scene: one, sessions } = scene();
    await one.want(long);
    expect(one.plan()).toMatchObject({ possible: true, interruptionMs: 6000, associationsBroken: 1 });
    expect(one.plan().interfaces).toMatchObject([
      { pointId: 'sw-1', delegate: 'radius-server', planMode: 'vlan-bridged' },
    ]);
    expect(one.plan().steps).toEqual([
      `radius-server: policy of ${MRI}: VLAN 66, 2 entries`,
      `sw-1: session of ${MRI} renewed, cut off for about 6.0 s`,
    ]);
    await one.settle();
    expect(sessions.history).toEqual(['radius-server set', 'sw-1 renew']);
    expect(one.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
    expect(one.seen().interfaces).toMatchObject([{ pointId: 'sw-1', vlan: 66, planMode: 'vlan-bridged' }]);
    await one.proven();
    expect(one.seen().truth).toBe('proven');
    expect(sessions.history).toHaveLength(2);
  });

  it('works the same way through a NAC that has the switch and does both', async () => {
    const { scene: one, sessions } = scene((world, now) => [nacPoint(world, now)]);
    await one.want(long);
    await one.settle();
    expect(sessions.history).toEqual(['nac set', 'nac renew']);
    expect(one.seen().truth).toBe('acknowledged');
  });

  it('reads a NAC for the MACs that it concerns only', async () => {
    const { scene: one, driver } = scene();
    await one.want(long);
    await one.settle();
    expect(new Set(driver('radius-server').reads.flat())).toEqual(new Set([MRI]));
  });

  it('names the flows that the NAC would not keep', async () => {
    const { scene: one } = scene();
    const permits = [permit(), permit({ flowId: 'flow-unknown-to-nac', port: 4242 })];
    await one.want({ ...long, permits });
    expect(one.plan()).toMatchObject({ cut: ['flow-unknown-to-nac'], permits: [{ flowId: 'flow-store' }] });
  });

  it('is refused where it would interrupt for longer than the policy allows', async () => {
    const { scene: one } = scene();
    await one.want({ maxInterruptionMs: 5000 });
    expect(one.plan()).toMatchObject({ possible: false });
    expect(one.plan().refusedModes.map(({ reason }) => reason)).toContain('interruption-too-long');
  });

  it('is released by taking back what was assigned, then the session', async () => {
    const { scene: one, sessions } = scene();
    await one.want(long);
    await one.settle();
    await one.proven();
    sessions.history.length = 0;
    one.disk.wanted = wish({ mode: 'release', generation: 3, permits: [] });
    await one.settle();
    expect(sessions.history).toEqual(['radius-server clear', 'sw-1 renew']);
    expect(sessions.live.get(MRI)).toMatchObject({ vlan: 10, isolated: false });
    expect(one.seen()).toMatchObject({ mode: 'release', truth: 'acknowledged' });
  });
});

describe('failure modes of NACs', () => {
  it('F6 what is assigned without a live session is PendingReconnect until the device connects', async () => {
    const { scene: one, sessions } = scene();
    sessions.live.clear();
    await one.want(long);
    await one.settle();
    expect(sessions.history).toEqual(['radius-server set']);
    expect(one.seen()).toMatchObject({ truth: 'intended' });
    expect(one.conditions()).toEqual(['PendingReconnect']);
    sessions.begin(MRI);
    await one.settle();
    expect(one.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
    expect(sessions.history).toEqual(['radius-server set']);
  });

  it('F6 a point that can not renew says so, and does nothing else', async () => {
    const { scene: one, sessions } = scene((world, now) =>
      radiusPoints(world, now).map((point) => ({ ...point, profile: { ...point.profile, renews: false } })),
    );
    await one.want(long);
    expect(one.plan().steps[1]).toContain('when 08:00:06:10:00:11 connects again');
    await one.settle();
    expect(sessions.history).toEqual(['radius-server set']);
    expect(one.conditions()).toEqual(['PendingReconnect']);
  });

  it.each([
    ['F5 an acknowledged change that the switch did not apply', 'ignores-policy', 'does not carry what is assigned'],
    ['F14 F15 a session that the switch could not give what the server said', 'failed', 'could not apply'],
    ['F16 a device that was let in because no RADIUS server answered', 'critical', 'no RADIUS server answered'],
  ] as const)('%s is not shown as isolated, and is cut off at most twice more', async (_, network, reason) => {
    const { scene: one, sessions } = scene();
    sessions.network = network;
    await one.want(long);
    await one.settle();
    expect(one.seen()).toMatchObject({ truth: 'intended' });
    expect(one.seen().conditions).toMatchObject([{ condition: 'Drifted', reason: expect.stringContaining(reason) }]);
    for (let minutes = 0; minutes < 5; minutes += 1) {
      one.time += 60 * SECONDS;
      one.observe();
      await one.settle();
    }
    expect(sessions.history.filter((what) => what === 'sw-1 renew')).toHaveLength(3);
    expect(one.seen().truth).toBe('intended');
    expect(one.conditions()).toContain('Conflict');
  });

  it('F3 a session is not told twice because an answer was lost', async () => {
    const { scene: one, sessions, driver } = scene();
    sessions.comesBack = false;
    await one.want(long);
    await one.once();
    driver('sw-1').nextApply = 'lose-answer';
    await one.once();
    expect(sessions.history).toEqual(['radius-server set', 'sw-1 renew']);
    sessions.begin(MRI);
    await one.settle();
    expect(sessions.history).toEqual(['radius-server set', 'sw-1 renew']);
    expect(one.seen().truth).toBe('acknowledged');
  });

  it('F13 somebody else’s assignment is left alone: the plan says so, and nothing is written', async () => {
    const { scene: one, sessions } = scene();
    const theirs = { mac: MRI, ours: false, mark: null, entries: ['guest'], vlan: 30, label: 'guest' };
    sessions.policies.set(MRI, theirs);
    await one.want(long);
    expect(one.plan()).toMatchObject({ possible: false });
    expect(one.plan().refusedModes[0]?.reason).toBe('assigned-by-others');
    await one.settle();
    expect(sessions.history).toEqual([]);
    expect(sessions.policies.get(MRI)).toEqual(theirs);
  });

  it('F13 F34 an assignment that somebody takes away is put back twice, then people decide', async () => {
    const { scene: one, sessions } = scene();
    await one.want(long);
    await one.settle();
    for (let times = 0; times < 4; times += 1) {
      sessions.policies.delete(MRI);
      one.time += 40 * SECONDS;
      one.observe();
      await one.settle();
    }
    expect(sessions.history.filter((what) => what === 'radius-server set')).toHaveLength(3);
    expect(one.conditions()).toContain('Conflict');
  });

  it('F11 a switch that forgets its sessions is no drift: the next session takes what is assigned', async () => {
    const { scene: one, sessions } = scene();
    await one.want(long);
    await one.settle();
    sessions.live.clear();
    one.time += 5 * SECONDS;
    await one.settle();
    expect(one.conditions()).toEqual(['PendingReconnect']);
    sessions.begin(MRI);
    await one.settle();
    expect(one.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
    expect(sessions.history).toHaveLength(2);
  });

  it('nothing is renewed while nobody can say what is assigned', async () => {
    const { scene: one, sessions, driver } = scene();
    await one.want(long);
    driver('radius-server').isDown = true;
    await one.settle();
    expect(sessions.history).toEqual([]);
    expect(one.conditions()).toContain('Unreachable');
  });

  it('F23 F24 a release takes back what is ours, and leaves what is somebody else’s', async () => {
    const { scene: one, sessions } = scene();
    await one.want(long);
    await one.settle();
    const theirs = { mac: MRI, ours: false, mark: null, entries: ['guest'], vlan: 30, label: 'guest' };
    sessions.policies.set(MRI, theirs);
    one.disk.wanted = wish({ mode: 'release', generation: 3, permits: [] });
    await one.settle();
    expect(sessions.policies.get(MRI)).toEqual(theirs);
    expect(sessions.history).not.toContain('radius-server clear');
  });
});
