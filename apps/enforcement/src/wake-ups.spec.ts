import { pino } from 'pino';
import type { Due } from './due.js';
import { WakeUps } from './wake-ups.js';

const logger = pino({ level: 'silent' });
const rest = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

/** A loop whose runs end when the test says so. A device's lane is what its name begins with. */
class Runs {
  readonly began: string[] = [];
  readonly open: { deviceId: string; end: (due: Due) => void; fail: (error: Error) => void }[] = [];
  readonly wakeUps = new WakeUps({
    logger,
    random: () => 0,
    laneOf: (deviceId) => deviceId.split(' ')[1] && deviceId.split(' ')[0],
    run: (deviceId) => {
      this.began.push(deviceId);
      return new Promise((end, fail) => this.open.push({ deviceId, end, fail }));
    },
  });

  end(due: Due = { kind: 'idle' }): void {
    this.open.shift()?.end(due);
  }
}

describe('wake-ups', () => {
  it('wait until everything wanted has been read', async () => {
    const runs = new Runs();
    runs.wakeUps.wake('a');
    expect(runs.began).toEqual([]);
    runs.wakeUps.start();
    expect(runs.began).toEqual(['a']);
    runs.end();
    await runs.wakeUps.stop();
  });

  it('run a device once at a time, and once more however often it is woken meanwhile', async () => {
    const runs = new Runs();
    runs.wakeUps.start();
    for (let times = 0; times < 10; times += 1) runs.wakeUps.wake('a');
    expect(runs.began).toEqual(['a']);
    runs.end();
    await rest(0);
    expect(runs.began).toEqual(['a', 'a']);
    runs.end();
    await rest();
    expect(runs.began).toHaveLength(2);
    await runs.wakeUps.stop();
  });

  it('do not let one device hold back another', async () => {
    const runs = new Runs();
    runs.wakeUps.start();
    runs.wakeUps.wake('slow');
    runs.wakeUps.wake('quick');
    expect(runs.began).toEqual(['slow', 'quick']);
    runs.end();
    runs.end();
    await runs.wakeUps.stop();
  });

  it('let a silent point hold two turns and no more, and serve the others one after the other', async () => {
    const runs = new Runs();
    for (let device = 0; device < 200; device += 1) runs.wakeUps.wake(`silent ${device}`);
    for (let device = 0; device < 3; device += 1) for (const lane of ['a', 'b']) runs.wakeUps.wake(`${lane} ${device}`);
    runs.wakeUps.start();
    expect(runs.began).toEqual(['silent 0', 'a 0', 'b 0', 'silent 1', 'a 1', 'b 1']);
    for (const { deviceId, end } of [...runs.open]) if (!deviceId.startsWith('silent')) end({ kind: 'idle' });
    await rest(0);
    expect(runs.began.slice(6)).toEqual(['a 2', 'b 2']);
    for (const { end } of runs.open) end({ kind: 'idle' });
    await runs.wakeUps.stop();
  });

  it('come by themselves when a device is due, and after a back-off when a run has failed', async () => {
    const runs = new Runs();
    runs.wakeUps.start();
    runs.wakeUps.wake('a');
    runs.end({ kind: 'at', at: new Date(Date.now() + 30) });
    await rest(60);
    expect(runs.began).toHaveLength(2);
    runs.open.shift()?.fail(new Error('no database'));
    await rest(60);
    expect(runs.began).toHaveLength(2);
    await rest(120);
    expect(runs.began).toHaveLength(3);
    runs.end();
    await runs.wakeUps.stop();
  });

  it('back off longer with each failure, and begin anew when a hint came during a run that failed', async () => {
    const runs = new Runs();
    runs.wakeUps.start();
    runs.wakeUps.wake('a');
    const waits: number[] = [];
    for (const hinted of [false, false, true]) {
      if (hinted) runs.wakeUps.wake('a');
      runs.end({ kind: 'failed' });
      const since = Date.now();
      while (runs.open.length === 0) await rest(5);
      waits.push(Date.now() - since);
    }
    expect(waits[1]).toBeGreaterThan((waits[0] ?? 0) * 1.5);
    expect(waits[2]).toBeLessThan(waits[1] ?? 0);
    runs.end();
    await runs.wakeUps.stop();
  });

  it('stop after the runs that are under way', async () => {
    const runs = new Runs();
    runs.wakeUps.start();
    runs.wakeUps.wake('a');
    let stopped = false;
    const stopping = runs.wakeUps.stop().then(() => (stopped = true));
    runs.wakeUps.wake('b');
    await rest();
    expect(stopped).toBe(false);
    runs.end({ kind: 'now' });
    await stopping;
    expect(runs.began).toEqual(['a']);
  });
});
