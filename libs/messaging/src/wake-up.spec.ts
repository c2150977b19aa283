import { WakeUp } from './wake-up.js';

const isQuick = async (waiting: Promise<void>): Promise<boolean> => {
  const began = performance.now();
  await waiting;
  return performance.now() - began < 100;
};

it('does not miss a bell that rang before anyone waited', async () => {
  const bell = new WakeUp();
  bell.ring();
  expect(await isQuick(bell.wait(300))).toBe(true);
});
it('wakes one who waits, and lets the time run out otherwise', async () => {
  const bell = new WakeUp();
  setTimeout(() => bell.ring(), 10);
  expect(await isQuick(bell.wait(300))).toBe(true);
  bell.reset();
  expect(await isQuick(bell.wait(150))).toBe(false);
});
