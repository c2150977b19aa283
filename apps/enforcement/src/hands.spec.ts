import { Scene, wish } from '../test/scene.js';

async function isolated(): Promise<Scene> {
  const scene = new Scene();
  await scene.want();
  await scene.settle();
  await scene.proven();
  scene.point.history = [];
  return scene;
}

describe('hands on the switch', () => {
  it('puts drift back twice in ten minutes; the third time is a conflict and nothing is written', async () => {
    const scene = await isolated();
    for (let times = 1; times <= 2; times += 1) {
      scene.time += 1000;
      scene.point.removeEntriesByHand();
      await scene.settle();
      expect(scene.point.history).toHaveLength(times);
      expect(scene.seen().conditions).toEqual([]);
    }
    scene.time += 1000;
    scene.point.removeEntriesByHand();
    await scene.settle();
    expect(scene.point.history).toHaveLength(2);
    expect(scene.conditions()).toEqual(['Conflict', 'Drifted']);
    scene.time += 700_000;
    scene.observe();
    await scene.settle();
    expect(scene.point.history).toHaveLength(2);
    expect(scene.conditions()).toContain('Conflict');
    expect(scene.seen().truth).toBe('intended');
  });

  it('shows Drifted while it is put back', async () => {
    const scene = await isolated();
    scene.point.removeEntriesByHand();
    await scene.once();
    expect(scene.conditions()).toEqual(['Drifted']);
    expect(scene.seen().truth).toBe('intended');
  });

  it('puts back what a restart took, and does not count it', async () => {
    const scene = await isolated();
    for (let times = 1; times <= 4; times += 1) {
      scene.time += 1000;
      scene.point.restart();
      await scene.settle();
      expect(scene.point.history).toHaveLength(times);
      expect(scene.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
    }
    expect(scene.disk.putBack).toEqual([]);
  });

  it('stops at once at a VLAN changed by hand', async () => {
    const scene = await isolated();
    scene.point.setVlanByHand('mri', 10);
    await scene.settle();
    expect(scene.conditions()).toContain('Conflict');
    scene.point.removeEntriesByHand();
    await scene.settle();
    await scene.settle();
    expect(scene.point.history).toEqual([]);
    expect(scene.point.at('mri').vlan).toBe(10);
  });

  it('ends a conflict when the hand puts it back itself', async () => {
    const scene = await isolated();
    scene.point.setVlanByHand('mri', 10);
    await scene.settle();
    scene.point.setVlanByHand('mri', 66);
    await scene.settle();
    expect(scene.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
    expect(scene.point.history).toEqual([]);
  });

  it('writes nothing while held, and isolates again when people end the hold', async () => {
    const scene = await isolated();
    scene.point.setVlanByHand('mri', 10);
    await scene.settle();
    const { planDigest } = scene.seen();
    scene.disk.wanted = wish({ generation: 3, frozen: true, planDigest });
    scene.time += 1000;
    scene.point.removeEntriesByHand();
    await scene.settle();
    expect(scene.conditions()).toContain('Held');
    expect(scene.point.history).toEqual([]);
    scene.disk.wanted = wish({ generation: 4, planDigest });
    scene.disk.unfrozenAt = scene.now();
    scene.time += 10;
    await scene.settle();
    expect(scene.point.history.map((one) => one.kind)).toEqual(['installed', 'tag']);
    expect(scene.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
  });

  it('is held between any two steps', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.once();
    scene.disk.wanted = { ...scene.disk.wanted!, frozen: true };
    await scene.settle();
    expect(scene.point.history.map((one) => one.kind)).toEqual(['installed']);
    expect(scene.conditions()).toEqual(['Held']);
  });

  it('does not move a port whose VLAN a hand has changed after the permits', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.once();
    scene.point.setVlanByHand('mri', 30);
    await scene.settle();
    expect(scene.conditions()).toContain('Conflict');
    expect(scene.point.history.filter((one) => one.kind === 'tag')).toEqual([]);
  });
});

describe('a point in trouble', () => {
  it('is Unreachable while it is down, and goes on where it was', async () => {
    const scene = await isolated();
    scene.point.isDown = true;
    expect((await scene.settle()).kind).toBe('failed');
    expect(scene.seen()).toMatchObject({ truth: 'acknowledged', conditions: [{ condition: 'Unreachable' }] });
    scene.point.isDown = false;
    scene.observe();
    await scene.settle();
    expect(scene.seen()).toMatchObject({ truth: 'proven', conditions: [] });
    expect(scene.point.history).toEqual([]);
  });

  it('reads back after a lost answer and repeats nothing that was done', async () => {
    const scene = new Scene();
    await scene.want();
    scene.point.nextApply = 'lose-answer';
    expect((await scene.settle()).kind).toBe('failed');
    expect(scene.disk.attempts.map((one) => one.state)).toEqual(['unknown']);
    await scene.settle();
    expect(scene.point.history.map((one) => one.kind)).toEqual(['installed', 'tag']);
  });

  it('sends again what a reading shows as not done', async () => {
    const scene = new Scene();
    await scene.want();
    scene.point.nextApply = 'not-done-no-answer';
    await scene.settle();
    await scene.settle();
    expect(scene.point.history.map((one) => one.kind)).toEqual(['installed', 'tag']);
    expect(scene.seen().conditions).toEqual([]);
  });

  it('never moves the port of a point that lies about its permits, and stops after two repairs', async () => {
    const scene = new Scene();
    await scene.want();
    for (let runs = 0; runs < 8; runs += 1) {
      scene.point.nextApply = 'lie';
      await scene.once();
      scene.time += 1000;
    }
    expect(scene.point.at('mri').vlan).toBe(10);
    expect(scene.disk.attempts).toHaveLength(3);
    expect(scene.conditions()).toContain('Conflict');
  });

  it('names a step that the point refuses', async () => {
    const scene = new Scene();
    await scene.want();
    scene.point.nextApply = 'refuse';
    await scene.settle();
    expect(scene.seen().conditions).toMatchObject([
      { condition: 'Failed', reason: expect.stringContaining('refused') },
    ]);
  });
});
