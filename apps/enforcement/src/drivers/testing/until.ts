import { setTimeout as sleep } from 'node:timers/promises';

export async function until(isSo: () => boolean, withinMs = 8000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms`);
    await sleep(20);
  }
}
