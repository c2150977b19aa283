import { Crash, CrashPoint } from '../test/crash.js';
import type { FakePoint } from '../test/fake-point.js';
import { MemoryStore } from '../test/memory-store.js';
import { Scene, wish } from '../test/scene.js';

const STORE = ['load', 'keepUndo', 'begin', 'sent', 'save', 'answer'] as const;
const POINT = ['read', 'apply'] as const;

/** Runs the loop until it crashes at the n-th call or comes to rest; true if it crashed. */
async function runWithCrash(scene: Scene, at: number, when: 'before' | 'after'): Promise<boolean> {
  const crash = new CrashPoint(at, when);
  const plain = { store: scene.store, point: scene.point };
  scene.store = crash.wrap(plain.store, STORE);
  Object.assign(scene, { point: crash.wrap<FakePoint>(plain.point, POINT) });
  try {
    await scene.settle();
    return false;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return true;
  } finally {
    Object.assign(scene, plain);
  }
}

/** A fresh process on the same disk, once the lease of the dead one has run out. */
function restart(scene: Scene): void {
  scene.disk.lease = null;
  scene.time += 5000;
  scene.store = new MemoryStore(scene.disk, `replica-${scene.time}`, scene.now);
  scene.startedAt = scene.now();
  scene.observe();
}

async function everywhere(scenario: (at: number, when: 'before' | 'after') => Promise<boolean>): Promise<number> {
  let places = 0;
  for (const when of ['before', 'after'] as const) {
    for (let at = 1; await scenario(at, when); at += 1) {
      places += 1;
      if (at > 200) throw new Error('the scenario never ends without a crash');
    }
  }
  return places;
}

describe('a crash at any call of the store or the point', () => {
  it('while isolating: the tag moves once, with its permits in force, and each generation is installed once', async () => {
    const places = await everywhere(async (at, when) => {
      const scene = new Scene();
      await scene.want();
      const crashed = await runWithCrash(scene, at, when);
      restart(scene);
      await scene.settle();
      await scene.proven();
      expect({ at, when, history: scene.point.history }).toEqual({
        at,
        when,
        history: [
          { kind: 'installed', number: 7, generation: 2 },
          { kind: 'tag', port: 'mri', from: 10, to: 66, permitsInForce: true },
        ],
      });
      expect(scene.seen()).toMatchObject({ truth: 'proven', conditions: [], refusal: null });
      expect(scene.disk.attempts.every((one) => ['ack', 'unknown'].includes(one.state))).toBe(true);
      return crashed;
    });
    expect(places).toBeGreaterThan(20);
  });

  it('while releasing: everything of ours is gone, each thing taken away once', async () => {
    const places = await everywhere(async (at, when) => {
      const scene = new Scene();
      await scene.want();
      await scene.settle();
      await scene.proven();
      scene.point.history = [];
      scene.disk.wanted = wish({ mode: 'release', generation: 3, permits: [], planDigest: null });
      const crashed = await runWithCrash(scene, at, when);
      restart(scene);
      await scene.settle();
      expect(scene.point.history.map((one) => one.kind)).toEqual(['tag', 'restored', 'removed']);
      expect(scene.point.at('mri')).toMatchObject({ vlan: 10, mark: null });
      expect(scene.seen()).toMatchObject({ mode: 'release', truth: 'acknowledged' });
      return crashed;
    });
    expect(places).toBeGreaterThan(20);
  });

  it('while following the device to another port: isolated there, the old port clean', async () => {
    await everywhere(async (at, when) => {
      const scene = new Scene();
      await scene.want();
      await scene.settle();
      scene.point.history = [];
      scene.plugged('spare');
      const crashed = await runWithCrash(scene, at, when);
      restart(scene);
      await scene.settle();
      const tags = scene.point.history.filter((one) => one.kind === 'tag');
      expect(tags).toMatchObject([
        { port: 'spare', from: 10, to: 66, permitsInForce: true },
        { port: 'mri', from: 66, to: 10 },
      ]);
      expect(scene.point.history.filter((one) => one.kind === 'installed')).toHaveLength(1);
      expect(scene.seen()).toMatchObject({ truth: 'acknowledged', conditions: [] });
      return crashed;
    });
  });

  it('while answering a preview: the plan is published, and nothing is touched', async () => {
    await everywhere(async (at, when) => {
      const scene = new Scene();
      const { planDigest: _, ...wanted } = wish({ generation: 1 });
      scene.disk.preview = { ...wanted, mode: 'preview' };
      const crashed = await runWithCrash(scene, at, when);
      restart(scene);
      await scene.settle();
      expect(scene.plan()).toMatchObject({ possible: true, generation: 1 });
      expect(scene.point.history).toEqual([]);
      return crashed;
    });
  });

  it('a second replica does nothing while the first holds the lease', async () => {
    const scene = new Scene();
    await scene.want();
    await scene.once();
    scene.store = new MemoryStore(scene.disk, 'replica-2', scene.now);
    expect(await scene.once()).toEqual({ kind: 'leased-elsewhere' });
    expect(scene.point.history.map((one) => one.kind)).toEqual(['installed']);
  });

  it('a replica that lost its lease between reading and writing writes nothing', async () => {
    const scene = new Scene();
    await scene.want();
    const { read } = scene.point;
    scene.point.read = async () => {
      const reading = await read.call(scene.point);
      scene.disk.lease = 'replica-2';
      return reading;
    };
    await expect(scene.once()).rejects.toThrow('lease');
    expect(scene.point.history).toEqual([]);
  });
});
