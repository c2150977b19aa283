import { Prevalence } from './prevalence.js';

const HOUR = 3600 * 1000;
const fleet = (count: number, prevalence = new Prevalence()) => {
  for (let i = 0; i < count; i++) prevalence.note(`device-${i}`, 'time.example', i);
  return prevalence;
};

describe('prevalence', () => {
  it('is the part of the devices that reached a destination within a day', () => {
    const prevalence = fleet(20);
    prevalence.note('device-3', 'check-in.example', HOUR);
    expect(prevalence.of('check-in.example', HOUR)).toBeCloseTo(1 / 20);
    expect(prevalence.of('time.example', HOUR)).toBe(1);
    expect(prevalence.of('never.example', HOUR)).toBe(0);
    expect(prevalence.of('check-in.example', 24.5 * HOUR)).toBeNull();
  });

  it('is unknown of fewer than ten devices', () => {
    expect(fleet(9).of('time.example', HOUR)).toBeNull();
    expect(fleet(10).of('time.example', HOUR)).toBe(1);
  });

  it('comes back from a snapshot as it was, and forgets what is a day old', () => {
    const prevalence = fleet(40);
    const restored = new Prevalence(JSON.parse(JSON.stringify(prevalence.stored())));
    expect(restored.of('time.example', HOUR)).toBe(prevalence.of('time.example', HOUR));
    restored.forgetBefore(25 * HOUR);
    expect(restored.stored()).toEqual({ population: [], destinations: [] });
  });

  it('keeps no more than 16,384 destinations and 32 devices of each', () => {
    const prevalence = fleet(100);
    for (let i = 0; i < 17_000; i++) prevalence.note('device-1', `site-${i}.example`, i);
    const { destinations } = prevalence.stored();
    expect(destinations).toHaveLength(16_384);
    expect(Math.max(...destinations.map(([, devices]) => devices.length))).toBeLessThanOrEqual(32);
  });
});
