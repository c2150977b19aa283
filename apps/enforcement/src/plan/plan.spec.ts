import fc from 'fast-check';
import { fakeFacts, fakeProfile, FakePoint, pointOf } from '../../test/fake-point.js';
import { DEVICE, MRI, QUARANTINE, Scene, permit, wish } from '../../test/scene.js';
import type { Permit } from '../wanted/wanted.js';
import { beyondApproval, approvedFrom } from './approval.js';
import { planText } from './digest.js';
import { honest } from './modes.js';
import { nextHop } from './next-hop.js';
import { plan } from './plan.js';
import type { PlanInput } from './planned.js';
import { releaseSteps } from './release-steps.js';
import { pendingSteps } from './steps.js';

const at = new Date('2026-01-05T08:00:00.000Z');

async function input(changes: Partial<PlanInput> = {}, point = new FakePoint(() => at)): Promise<PlanInput> {
  const scene = new Scene();
  if (point.ports.size === 0) point.plug('mri', 10, [MRI]).plug('ct', 10, null).plug('r10', 10, null);
  return {
    wanted: wish(),
    location: scene.disk.location,
    neighbours: [],
    points: new Map([['sw-1', pointOf(point)]]),
    readings: new Map([['sw-1', await point.read()]]),
    numbers: new Map([[MRI, 7]]),
    applied: new Map(),
    ...changes,
  };
}

const permits: fc.Arbitrary<Permit[]> = fc
  .uniqueArray(
    fc.record({
      peer: fc.constantFrom('10.20.0.10', '10.20.0.11', '10.10.0.1', '10.10.0.99', '203.0.113.10'),
      port: fc.integer({ min: 1, max: 65_535 }),
      transport: fc.constantFrom('tcp' as const, 'udp' as const),
      opener: fc.constantFrom('device' as const, 'peer' as const),
      own: fc.constantFrom('10.10.0.11', '10.10.0.11', '10.10.0.12'),
    }),
    { maxLength: 12, selector: (one) => `${one.peer} ${one.port} ${one.transport} ${one.opener} ${one.own}` },
  )
  .map((all) =>
    all.map(({ peer, port, transport, opener, own }, index) =>
      permit({ flowId: `flow-${index}`, peerAddress: peer, port, transport, opener, deviceAddress: own }),
    ),
  );

describe('plan', () => {
  it('takes filter, which interrupts least, unless the quarantine VLAN is required', async () => {
    const free = plan(await input({ wanted: wish({ requireQuarantineVlan: false }) }));
    expect(free.interfaces.map((one) => one.mode)).toEqual(['filter']);
    expect(free.refusedModes).toContainEqual({ mac: MRI, planMode: 'vlan-bridged', reason: 'interrupts-more' });
    const required = plan(await input());
    expect(required.interfaces.map((one) => one.mode)).toEqual(['vlan-bridged']);
    expect(required.refusedModes).toContainEqual({ mac: MRI, planMode: 'filter', reason: 'quarantine-vlan-required' });
  });

  it('keeps, cuts or names each permit: none is lost, whatever the contract', async () => {
    const base = await input();
    fc.assert(
      fc.property(permits, (some) => {
        const made = plan({ ...base, wanted: wish({ permits: some }) });
        const kept = made.kept.map((one) => one.permit.flowId);
        expect([...kept, ...made.cut].sort()).toEqual(some.map((one) => one.flowId).sort());
        expect(made.interfaces[0]?.isolation.permits.map((one) => one.flowId)).toEqual(kept);
      }),
    );
  });

  it('gives the same digest for the same plan, whatever the order of permits, the generation and the time', async () => {
    const base = await input();
    fc.assert(
      fc.property(permits, fc.integer({ min: 1, max: 1e9 }), (some, generation) => {
        const one = plan({ ...base, wanted: wish({ permits: some }) });
        const other = plan({ ...base, wanted: wish({ permits: some.toReversed(), generation, epoch: 3 }) });
        expect(other.digest).toBe(one.digest);
        expect(one.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      }),
    );
  });

  it('has permits before the move, one step at a time, until nothing is left to do', async () => {
    const point = new FakePoint(() => at);
    const base = await input({}, point);
    const steps = { applied: new Map(), left: [], now: at };
    const taken: string[] = [];
    for (let runs = 0; runs < 5; runs += 1) {
      const readings = new Map([['sw-1', await point.read()]]);
      const made = plan({ ...base, readings });
      const pending = pendingSteps(made, { ...steps, readings, points: base.points });
      expect(pending.length).toBeLessThanOrEqual(1);
      const [next] = pending;
      if (!next) break;
      taken.push(next.step.kind);
      await point.apply(next.step, { pointId: 'sw-1', number: runs + 1 });
    }
    expect(taken).toEqual(['install-entries', 'move-port']);
    const readings = new Map([['sw-1', await point.read()]]);
    const release = releaseSteps(base.numbers, { ...steps, readings, points: base.points });
    expect(release.map((one) => one.step.kind)).toEqual(['restore-port']);
  });

  it('remembers the VLAN that the port had before us', async () => {
    const point = new FakePoint(() => at);
    const base = await input({}, point);
    const { isolation } = plan(base).interfaces[0]!;
    await point.apply({ kind: 'install-entries', isolation }, { pointId: 'sw-1', number: 1 });
    await point.apply({ kind: 'move-port', isolation }, { pointId: 'sw-1', number: 2 });
    const again = plan({ ...base, readings: new Map([['sw-1', await point.read()]]) });
    expect(again.interfaces[0]?.isolation.homeVlan).toBe(10);
    expect(again.digest).toBe(plan(base).digest);
  });

  it.each([
    ['an unknown attachment', {}, (scene: Scene) => scene.plugged(null), 'no-attachment'],
    ['a port that the point does not have', {}, (scene: Scene) => scene.plugged('gone'), 'unknown-port'],
  ])('names %s', async (_, changes, prepare, reason) => {
    const scene = new Scene();
    prepare(scene);
    const made = plan(await input({ location: scene.disk.location, ...changes }));
    expect(made).toMatchObject({ possible: false, unplanned: [{ mac: MRI, reason }] });
    expect(made.refusedModes.map((one) => one.reason)).toEqual([reason, reason, reason]);
  });

  it('refuses a port with several MACs, as the point or as discovery tells them', async () => {
    const told = new FakePoint(() => at).plug('mri', 10, [MRI, '00:00:5e:00:53:01']);
    expect(plan(await input({}, told)).unplanned[0]?.reason).toContain('several-macs');
    const silent = new FakePoint(() => at).plug('mri', 10, null);
    const mate = { address: null, mac: '00:00:5e:00:53:01', pointId: 'sw-1', port: 'mri', vlan: 10 };
    expect(plan(await input({ neighbours: [mate] }, silent)).unplanned[0]?.reason).toContain('several-macs');
    expect(plan(await input({}, silent)).possible).toBe(true);
  });

  it('refuses a trunk, and a port that is in the quarantine VLAN already', async () => {
    const trunk = new FakePoint(() => at).plug('mri', 10, null, true);
    expect(plan(await input({}, trunk)).unplanned).toEqual([{ mac: MRI, reason: 'not-an-access-port' }]);
    const there = new FakePoint(() => at).plug('mri', 66, null);
    expect(plan(await input({}, there)).refusedModes).toContainEqual({
      mac: MRI,
      planMode: 'vlan-bridged',
      reason: 'already-in-quarantine-vlan',
    });
  });

  it('refuses entries over the budget with their count', async () => {
    const point = new FakePoint(() => at).plug('mri', 10, null);
    point.profile = { ...fakeProfile, entries: 2 };
    const many = [1, 2, 3].map((port) => permit({ flowId: `flow-${port}`, port }));
    const made = plan(await input({ wanted: wish({ permits: many }) }, point));
    expect(made.refusedModes.find((one) => one.planMode === 'vlan-bridged')?.reason).toBe('too-many-entries: 4 of 2');
  });

  it('refuses an interruption that policy does not accept, and says how long an accepted one is', async () => {
    const point = new FakePoint(() => at).plug('mri', 10, null);
    point.profile = { ...fakeProfile, interruption: { gapMs: 4000 } };
    expect(plan(await input({}, point)).possible).toBe(false);
    const made = plan(await input({ wanted: wish({ maxInterruptionMs: 5000 }) }, point));
    expect(made).toMatchObject({ possible: true, interruptionMs: 4000, associationsBroken: 1 });
  });

  it('takes what is unconfirmed as its worst', () => {
    expect(honest({ ...fakeProfile, confirmed: false })).toMatchObject({
      interruption: 'break',
      direction: 'from-device',
    });
    expect(honest(fakeProfile)).toBe(fakeProfile);
  });
});

describe('the next hop of a permit', () => {
  const hop = (peerAddress: string, neighbours: Parameters<typeof nextHop>[3] = []) => {
    const way = nextHop(permit({ peerAddress }), 10, fakeFacts, neighbours);
    return way === 'unknown' ? way : way?.port;
  };

  it('is the gateway beyond the subnet, the own port of a neighbour inside, and unknown otherwise', () => {
    const peer = { address: '10.10.0.12', mac: '08:00:06:10:00:12', pointId: 'sw-1', port: 'mri2', vlan: 10 };
    expect(hop('10.20.0.10')).toBe('r10');
    expect(hop('10.10.0.1')).toBe('r10');
    expect(hop('10.10.0.12', [peer])).toBe('mri2');
    expect(hop('10.10.0.12')).toBe('unknown');
    expect(hop('10.10.0.12', [{ ...peer, pointId: 'sw-2' }])).toBe('unknown');
    expect(nextHop(permit(), 99, fakeFacts, [])).toBe('unknown');
    expect(nextHop(permit(), 10, { ...fakeFacts, vlans: [] }, [])).toBeNull();
  });
});

describe('what an approval covers', () => {
  it('is its own plan, and nothing that cuts more, interrupts longer or touches another port', async () => {
    const first = plan(await input());
    const approved = approvedFrom(planText(first));
    expect(beyondApproval(first, approved, true)).toBeNull();
    expect(beyondApproval({ ...first, cut: ['flow-x'] }, approved, true)).toContain('flow-x');
    expect(beyondApproval({ ...first, interruptionMs: 5 }, approved, true)).toContain('longer');
    const elsewhere = { ...first, interfaces: first.interfaces.map((one) => ({ ...one, port: 'ct' })) };
    expect(beyondApproval(elsewhere, approved, true)).toContain('port');
    expect(beyondApproval(elsewhere, approved, false)).toBeNull();
    expect(beyondApproval(first, null, true)).not.toBeNull();
    expect([first.deviceId, first.quarantineId]).toEqual([DEVICE, QUARANTINE]);
  });
});
