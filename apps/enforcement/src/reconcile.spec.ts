import { topicSchemas, TOPICS, type SeenIsolation } from '#events';
import { Scene, MRI, conversation, permit, wish, clinicalConversation } from '../test/scene.js';

describe('the loop', () => {
  it('answers a preview with a plan and touches nothing', async () => {
    const scene = new Scene();
    await scene.want();
    expect(scene.plan()).toMatchObject({
      possible: true,
      cut: [],
      interruptionMs: 0,
      steps: ['sw-1: 2 permit and deny entries', 'sw-1: port mri to VLAN 66'],
      interfaces: [{ mac: MRI, pointId: 'sw-1', port: 'mri', planMode: 'vlan-bridged', entries: 2, entriesMax: 100 }],
      undo: ['fake-undo mri 10 7'],
    });
    expect(scene.plan().refusedModes).toContainEqual({
      mac: MRI,
      planMode: 'filter',
      reason: 'quarantine-vlan-required',
    });
    expect(scene.point.history).toEqual([]);
    expect(scene.disk.attempts).toEqual([]);
  });

  it('answers that a point can not be read, and again with the plan when it can', async () => {
    const scene = new Scene();
    scene.point.isDown = true;
    const { planDigest: _, ...wanted } = wish({ generation: 1 });
    scene.disk.preview = { ...wanted, mode: 'preview' };
    expect((await scene.once()).kind).toBe('failed');
    expect(scene.plan()).toMatchObject({ possible: false });
    expect(scene.plan().refusedModes[0]?.reason).toBe('point-unreachable');
    scene.point.isDown = false;
    expect((await scene.once()).kind).toBe('idle');
    expect(scene.plan()).toMatchObject({ possible: true });
  });

  it('answers that nobody has said where the device is, and again with the plan when discovery has', async () => {
    const scene = new Scene();
    scene.disk.location = null;
    const { planDigest: _, ...wanted } = wish({ generation: 1 });
    scene.disk.preview = { ...wanted, mode: 'preview' };
    expect((await scene.once()).kind).toBe('failed');
    expect(scene.plan()).toMatchObject({ possible: false });
    scene.plugged('mri');
    expect((await scene.once()).kind).toBe('idle');
    expect(scene.plan()).toMatchObject({ possible: true });
  });

  it('installs permits first, then moves the port, and publishes each truth in its turn', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.settle();
    expect(scene.point.history).toEqual([
      { kind: 'installed', number: 7, generation: 2 },
      { kind: 'tag', port: 'mri', from: 10, to: 66, permitsInForce: true },
    ]);
    expect(scene.seen()).toMatchObject({ truth: 'acknowledged', conditions: [], refusal: null, weakestMac: MRI });
    await scene.proven();
    expect(scene.seen().truth).toBe('proven');
    const seen = scene.disk.events.filter((one): one is SeenIsolation => one.type === 'lazaret.seen.isolation');
    expect([...new Set(seen.map((one) => one.data.truth))]).toEqual(['intended', 'acknowledged', 'proven']);
    expect(seen.map((one) => one.data.revision)).toEqual(seen.map((_, index) => index + 2));
    for (const event of scene.disk.events) expect(topicSchemas[TOPICS.seen].safeParse(event).error).toBeUndefined();
  });

  it('has written how to undo it by hand, and the attempt, before the first write', async () => {
    const scene = new Scene();
    await scene.want();
    const { apply } = scene.point;
    scene.point.apply = (step, fence) => {
      expect(scene.disk.undo[0]?.commands).toEqual(['fake-undo mri 10 7']);
      expect(scene.disk.attempts.at(-1)).toMatchObject({
        state: 'sent',
        intent: { step: { step: { kind: step.kind } } },
      });
      return apply.call(scene.point, step, fence);
    };
    await scene.settle();
    expect(scene.disk.attempts.map((one) => one.state)).toEqual(['ack', 'ack']);
  });

  it('releases: the port first, then the entries, and nothing of ours stays', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.settle();
    await scene.proven();
    scene.point.history = [];
    scene.disk.wanted = wish({ mode: 'release', generation: 3, permits: [], planDigest: null, frozen: true });
    await scene.settle();
    expect(scene.point.history.map((one) => one.kind)).toEqual(['tag', 'restored', 'removed']);
    expect(scene.point.at('mri')).toMatchObject({ vlan: 10, mark: null });
    expect(scene.point.entries).toEqual([]);
    expect(scene.seen()).toMatchObject({ mode: 'release', truth: 'acknowledged' });
    scene.time += 600;
    scene.see(conversation(scene.time, { framesOut: 3, framesIn: 3 }));
    const due = await scene.settle();
    expect(scene.seen().truth).toBe('proven');
    expect(due.kind).toBe('idle');
  });

  it('writes nothing on a second run, or for a newer generation that wants the same', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.settle();
    await scene.proven();
    const { length } = scene.point.history;
    const digest = scene.disk.wanted?.planDigest ?? null;
    scene.disk.wanted = wish({ generation: 5, planDigest: digest });
    await scene.settle();
    expect(scene.point.history).toHaveLength(length);
    expect(scene.seen()).toMatchObject({ generation: 5, truth: 'proven' });
  });

  it('answers plan-changed when the first application would cut more', async () => {
    const scene = new Scene();
    await scene.want();
    scene.disk.wanted = wish({
      planDigest: scene.plan().planDigest,
      permits: [permit(), permit({ flowId: 'flow-new', peerAddress: '10.10.0.99' })],
    });
    await scene.settle();
    expect(scene.seen()).toMatchObject({ refusal: 'plan-changed', truth: 'intended' });
    expect(scene.point.history).toEqual([]);
  });

  it('answers plan-changed when the device is at another port before the first write', async () => {
    const scene = new Scene();
    await scene.want();
    scene.plugged('spare');
    await scene.settle();
    expect(scene.seen().refusal).toBe('plan-changed');
    expect(scene.point.history).toEqual([]);
    // People are asked again by now: that it would fit again does not bring the old approval back.
    scene.plugged('mri');
    await scene.settle();
    expect(scene.seen().refusal).toBe('plan-changed');
    expect(scene.point.history).toEqual([]);
  });

  it('follows the device to another port with the same permits, then cleans the old one', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.settle();
    await scene.proven();
    scene.point.history = [];
    scene.plugged('spare');
    await scene.settle();
    expect(scene.point.history).toEqual([
      { kind: 'installed', number: 7, generation: 2 },
      { kind: 'tag', port: 'spare', from: 10, to: 66, permitsInForce: true },
      { kind: 'tag', port: 'mri', from: 66, to: 10, permitsInForce: true },
      { kind: 'restored', port: 'mri' },
    ]);
    expect(scene.point.at('mri').mark).toBeNull();
    expect(scene.point.entries.every((one) => one.text.includes('spare'))).toBe(true);
    expect(scene.seen()).toMatchObject({ truth: 'acknowledged', interfaces: [{ port: 'spare', vlan: 66 }] });
    await scene.proven();
    expect(scene.seen().truth).toBe('proven');
  });

  it('F10 isolates each interface as soon as it can be, and names one that can not, without rolling others back', async () => {
    const scene = new Scene();
    const service = '08:00:06:10:00:99';
    scene.disk.numbers.set(service, 8);
    const [first] = scene.disk.location?.interfaces ?? [];
    if (!first || !scene.disk.location) throw new Error('no location');
    scene.disk.location.interfaces.push({ ...first, mac: service, address: '10.10.0.99', port: 'gone' });
    await scene.want({ macs: [MRI, service] });
    await scene.settle();
    expect(scene.point.at('mri').vlan).toBe(66);
    expect(scene.seen()).toMatchObject({ truth: 'intended', weakestMac: service, refusal: null });
    expect(scene.seen().conditions).toMatchObject([{ condition: 'Failed', reason: `${service}: unknown-port` }]);
    expect(scene.seen().interfaces.map((one) => one.truth)).toEqual(['acknowledged', 'intended']);
  });

  it('lets go of an interface that a newer wish no longer names', async () => {
    const scene = new Scene();
    const other = '08:00:06:10:00:13';
    scene.disk.numbers.set(other, 8);
    const [first] = scene.disk.location?.interfaces ?? [];
    if (!first || !scene.disk.location) throw new Error('no location');
    scene.disk.location.interfaces.push({ ...first, mac: other, address: '10.10.0.13', port: 'ct' });
    await scene.want({ macs: [MRI, other] });
    await scene.settle();
    expect([scene.point.at('mri').vlan, scene.point.at('ct').vlan]).toEqual([66, 66]);
    await scene.want({ macs: [MRI], generation: 5 });
    await scene.settle();
    expect([scene.point.at('mri').vlan, scene.point.at('ct').vlan]).toEqual([66, 10]);
    expect(scene.point.entries.every((one) => one.deviceNumber === 7)).toBe(true);
  });

  it('keeps the isolation while discovery knows no attachment', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.settle();
    const { length } = scene.point.history;
    scene.plugged(null);
    await scene.settle();
    expect(scene.point.history).toHaveLength(length);
    expect(scene.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
  });

  it.each([
    ['a protected MAC', { protectedMacs: [MRI] }, 'protected-mac'],
    ['declared infrastructure', { infrastructureMacs: [MRI] }, 'infrastructure'],
    ['the point over its isolations an hour', { isolationsAnHour: 0 }, 'isolations-an-hour'],
  ])('refuses %s, whatever is wanted', async (_, interlocks, reason) => {
    const scene = new Scene();
    await scene.want();
    scene.interlocks = { ...scene.interlocks, ...interlocks };
    await scene.settle();
    expect(scene.seen()).toMatchObject({ refusal: reason, truth: 'intended' });
    expect(scene.conditions()).toEqual(['Failed']);
    expect(scene.point.history).toEqual([]);
  });

  it('is proven by nobody when no observer has moved for 10 s, and again when one moves', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.settle();
    await scene.proven();
    scene.time += 10_001;
    await scene.settle();
    expect(scene.seen()).toMatchObject({ truth: 'acknowledged', conditions: [{ condition: 'Blind' }] });
    scene.observe();
    await scene.settle();
    expect(scene.seen()).toMatchObject({ truth: 'proven', conditions: [] });
  });

  it('loses its proof with one forbidden frame beyond, and earns it again', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.settle();
    await scene.proven();
    scene.see(conversation(scene.time, { framesOut: 1, framesBeyond: 1 }));
    await scene.settle();
    expect(scene.seen().truth).toBe('acknowledged');
    await scene.proven();
    expect(scene.seen().truth).toBe('proven');
  });

  it('says ClinicalBroken after three failed permitted attempts, and keeps the isolation', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.settle();
    await scene.proven();
    const { length } = scene.point.history;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      scene.time += 2000;
      scene.see({ ...clinicalConversation(scene.time), framesIn: 0, octetsIn: 0 });
    }
    await scene.settle();
    expect(scene.seen().truth).toBe('acknowledged');
    expect(scene.conditions()).toEqual(['ClinicalBroken']);
    expect(scene.point.history).toHaveLength(length);
  });

  it('lifts at most once where policy says so', async () => {
    const scene = new Scene();
    await scene.want({ onClinicalBroken: 'lift' });
    await scene.settle();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      scene.time += 2000;
      scene.see({ ...clinicalConversation(scene.time), framesIn: 0 });
    }
    await scene.settle();
    await scene.settle();
    expect(scene.point.at('mri')).toMatchObject({ vlan: 10, mark: null });
    expect(scene.point.entries).toEqual([]);
    expect(scene.conditions()).toEqual(['ClinicalBroken']);
    expect(scene.seen().truth).toBe('intended');
    const { length } = scene.point.history;
    await scene.settle();
    expect(scene.point.history).toHaveLength(length);
  });
});
