import { TOLD_BEFORE_RESTART, wasToldQuiet, whenToPublish } from './publication.js';
import { assess, type Assessment } from './assessment.js';

const NOW = 1_800_000_000_000;
const at = (level: Assessment['level'], counted: number): Assessment => ({ ...assess([], NOW), level, counted });

describe('when an assessment is told', () => {
  it('is at once when the level changes, up or down, however short the time since the last', () => {
    const last = { level: 'watch', counted: 22, at: NOW } as const;
    expect(whenToPublish(last, at('propose', 30), NOW)).toBe('now');
    expect(whenToPublish(last, at('none', 19.9), NOW)).toBe('now');
  });

  it('is once a second at most while the level stays', () => {
    const last = { level: 'watch', counted: 20, at: NOW } as const;
    expect(whenToPublish(last, at('watch', 26), NOW + 999)).toBe('later');
    expect(whenToPublish(last, at('watch', 26), NOW + 1000)).toBe('now');
  });

  it('is at once after a restart, whatever it is: what was told since the snapshot is not known', () => {
    for (const level of ['none', 'watch', 'isolate'] as const) {
      expect(whenToPublish(TOLD_BEFORE_RESTART, at(level, 0), NOW)).toBe('now');
    }
    expect(wasToldQuiet(TOLD_BEFORE_RESTART)).toBe(false);
  });

  it('is never for a move below half a deciban, and never to say that nothing is held against a device', () => {
    expect(whenToPublish({ level: 'watch', counted: 20, at: 0 }, at('watch', 20.4), NOW)).toBe('never');
    expect(whenToPublish(null, at('none', 0), NOW)).toBe('never');
    expect(whenToPublish(null, at('none', 6), NOW)).toBe('now');
  });
});
