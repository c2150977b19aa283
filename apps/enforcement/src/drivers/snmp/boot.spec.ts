import fc from 'fast-check';
import { nextBoot, type Boot } from './boot.js';

const DAY = 86_400_000;
const start = Date.parse('2030-01-01T00:00:00Z');
const sample = (bootedAt: number, now: number, boots: number | null = null) => ({
  boots,
  ticks: Math.round((now - bootedAt) / 10) % 2 ** 32,
  at: new Date(now),
});

describe('which run of a switch a reading is of', () => {
  it('stays the same however often it is asked, over the wrap of sysUpTime and with a clock that drifts', () => {
    const steps = fc.array(fc.integer({ min: 100, max: 20 * DAY }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        steps,
        fc.constantFrom(null, 7),
        fc.double({ min: -5e-5, max: 5e-5, noNaN: true }),
        (pauses, boots, drift) => {
          let boot: Boot | null = null;
          let now = start + 1000;
          const ids = new Set<string>();
          for (const pause of pauses) {
            now += pause;
            const its = start + (now - start) * (1 + drift);
            boot = nextBoot(boot, { ...sample(start, its, boots), at: new Date(now) });
            ids.add(boot.id);
          }
          return ids.size === 1;
        },
      ),
    );
  });

  it('changes with a restart, whether or not the boot counter counts it', () => {
    for (const [before, after] of [
      [3, 4],
      [3, 3],
      [null, null],
    ] as const) {
      const first = nextBoot(null, sample(start, start + DAY, before));
      const second = nextBoot(first, sample(start + DAY, start + DAY + 60_000, after));
      expect(second.id).not.toBe(first.id);
      expect(nextBoot(second, sample(start + DAY, start + 2 * DAY, after)).id).toBe(second.id);
    }
  });

  it('changes with a restart right after a start, which only the up-time that has gone back tells', () => {
    const first = nextBoot(null, sample(start, start + 10_000, 1));
    expect(nextBoot(first, sample(start + 10_000, start + 12_000, 1)).id).not.toBe(first.id);
    const late = { ...sample(start, start + 9_000, 1), at: new Date(start + 11_000) };
    expect(nextBoot(first, late).id).toBe(first.id);
  });

  it('is the same for another process where the switch counts its starts', () => {
    const first = nextBoot(null, sample(start, start + DAY, 12));
    expect(nextBoot(null, sample(start, start + 700 * DAY, 12)).id).toBe(first.id);
  });

  it('is another after a restart that falls into the second wrap', () => {
    const first = nextBoot(null, sample(start, start + 400 * DAY));
    expect(nextBoot(first, sample(start + 450 * DAY, start + 500 * DAY)).id).not.toBe(first.id);
  });
});
