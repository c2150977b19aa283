import { FakePoint } from '../../test/fake-point.js';
import { MRI } from '../../test/scene.js';
import { GuardedDriver, PointRests } from './guarded.driver.js';

const START = Date.parse('2026-01-05T08:00:00.000Z');
const release = { kind: 'remove-entries', deviceNumber: 7 } as const;

function guarded(random = 1) {
  let time = START;
  let fence = 0;
  const now = () => new Date(time);
  const point = new FakePoint(now).plug('mri', 10, [MRI]);
  const driver = new GuardedDriver(point, now, () => random);
  const read = () =>
    driver.read([MRI]).then(
      () => 'read',
      (error: unknown) => error,
    );
  const write = () =>
    driver.apply(release, { pointId: 'sw-1', number: (fence += 1) }).then(
      () => 'written',
      (error: unknown) => error,
    );
  return { point, driver, read, write, pass: (ms: number) => (time += ms), now };
}

describe('a guarded point', () => {
  it('is asked no more after two silent calls, and says until when', async () => {
    const { point, read } = guarded();
    point.isDown = true;
    await read();
    await read();
    expect(point.reads).toBe(2);
    const error = await read();
    expect(error).toBeInstanceOf(PointRests);
    expect(error).toMatchObject({ code: 'unreachable', retry: 'transient', until: new Date(START + 2000) });
    expect(point.reads).toBe(2);
  });

  it('is tried once when its rest is over: silent again it rests longer, answering it works as before', async () => {
    const { point, read, pass } = guarded();
    point.isDown = true;
    await read();
    await read();
    pass(2001);
    await read();
    expect(point.reads).toBe(3);
    expect(await read()).toMatchObject({ until: new Date(START + 2001 + 4000) });
    pass(4001);
    point.isDown = false;
    expect(await read()).toBe('read');
    expect(await read()).toBe('read');
  });

  it('rests for no longer than a minute, and for a random part of it', async () => {
    const { point, read, pass } = guarded(0.5);
    point.isDown = true;
    for (let times = 0; times < 12; times += 1) {
      await read();
      pass(60_000);
    }
    const error = (await read()) as Error;
    pass(0);
    expect((await read()) as PointRests).toMatchObject({ until: new Date(START + 12 * 60_000 + 30_000) });
    expect(error.message).not.toContain('rests');
  });

  it('rests when it tells its state and is silent to changes', async () => {
    const { point, read, write } = guarded();
    for (let times = 0; times < 2; times += 1) {
      point.nextApply = 'not-done-no-answer';
      expect(await read()).toBe('read');
      await write();
    }
    expect(await read()).toBeInstanceOf(PointRests);
  });

  it('does not rest because it refuses: that is an answer', async () => {
    const { point, read, write } = guarded();
    for (let times = 0; times < 4; times += 1) {
      point.nextApply = 'refuse';
      await write();
    }
    expect(await read()).toBe('read');
  });

  it('is tried at once when it says that it is back', async () => {
    const { point, driver, read } = guarded();
    await driver.watch(() => undefined);
    point.isDown = true;
    await read();
    await read();
    point.isDown = false;
    point.hint('reachable');
    expect(await read()).toBe('read');
  });
});
