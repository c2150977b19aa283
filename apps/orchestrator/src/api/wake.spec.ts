import { Wake } from './wake.js';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a wake', () => {
  it('remembers a ring that came while its reader was at work, and only one', async () => {
    const wake = new Wake(() => undefined);
    wake.ring();
    wake.ring();
    await wake.next();
    let woken = false;
    const second = wake.next().then(() => (woken = true));
    await pause(20);
    expect(woken).toBe(false);
    wake.ring();
    await second;
  });

  it('ends at once for a reader that waits, and tells who keeps it', async () => {
    let forgotten = 0;
    const wake = new Wake(() => (forgotten += 1));
    const waiting = wake.next();
    wake.end();
    await waiting;
    expect([wake.ended.aborted, forgotten]).toEqual([true, 1]);
  });
});
