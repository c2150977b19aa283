import { FakeMarklessPoint } from '../test/fake-markless.js';
import { pointOf } from '../test/fake-point.js';
import { MRI, Scene, wish } from '../test/scene.js';

/** The MRI behind a switch that can only move ports; what was there before is in our memory alone. */
function scene(): { scene: Scene; point: FakeMarklessPoint; tags: () => string[] } {
  const made = new Scene();
  const point = new FakeMarklessPoint(made.now);
  point.plug('mri', 10, [MRI]).plug('spare', 10, []).plug('r10', 10, []);
  made.points = () => [pointOf(point)];
  const tags = () => point.history.flatMap((one) => (one.kind === 'tag' ? [`${one.port} ${one.from}→${one.to}`] : []));
  return { scene: made, point, tags };
}

async function isolated(): Promise<ReturnType<typeof scene>> {
  const made = scene();
  await made.scene.want();
  await made.scene.settle();
  return made;
}

describe('a port of a point without marks', () => {
  it('is moved once, read back, and put back to what it was', async () => {
    const { scene: one, tags } = await isolated();
    expect(one.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
    await one.proven();
    one.disk.wanted = wish({ mode: 'release', generation: 3, permits: [] });
    await one.settle();
    expect(tags()).toEqual(['mri 10→66', 'mri 66→10']);
    expect(one.seen()).toMatchObject({ mode: 'release', truth: 'acknowledged' });
  });

  it('F7 is cleaned when the device has moved to another one, even after a restart of ours', async () => {
    const { scene: one, tags } = await isolated();
    one.plugged('spare', { revision: 2 });
    await one.once();
    one.startedAt = one.now();
    await one.settle();
    expect(tags()).toEqual(['mri 10→66', 'spare 10→66', 'mri 66→10']);
    expect(one.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
    expect(one.disk.state?.left).toEqual([]);
  });

  it('F7 F23 is not put back where a hand has changed it meanwhile', async () => {
    const { scene: one, point, tags } = await isolated();
    one.plugged('spare', { revision: 2 });
    point.setVlanByHand('mri', 30);
    await one.settle();
    expect(tags()).toEqual(['mri 10→66', 'spare 10→66']);
  });

  it('F7 is put back later where the old switch could not be reached', async () => {
    const { scene: one, point, tags } = await isolated();
    const other = new FakeMarklessPoint(one.now, 'sw-2');
    other.plug('mri', 10, [MRI]);
    one.points = () => [pointOf(point), pointOf(other, { id: 'sw-2', switches: ['sw-2'] })];
    one.plugged('mri', { revision: 2 });
    const [at] = one.disk.location?.interfaces ?? [];
    if (at) at.pointId = 'sw-2';
    point.isDown = true;
    await one.settle();
    expect(other.at('mri').vlan).toBe(66);
    expect(one.conditions()).toContain('Unreachable');
    point.isDown = false;
    await one.settle();
    expect(tags()).toEqual(['mri 10→66', 'mri 66→10']);
    expect(other.at('mri').vlan).toBe(66);
  });

  it('stops at a VLAN that a hand has changed', async () => {
    const { scene: one, point, tags } = await isolated();
    point.setVlanByHand('mri', 30);
    await one.settle();
    expect(one.conditions()).toContain('Conflict');
    expect(tags()).toEqual(['mri 10→66']);
  });
});
