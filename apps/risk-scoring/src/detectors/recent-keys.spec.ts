import fc from 'fast-check';
import { countRecent, NOTHING_SEEN, recall, remember, type RecentKeys, type Span } from './recent-keys.js';

const span: Span = { ms: 1000, bucketSize: 8 };

describe('recent keys', () => {
  it('behave as a list of everything ever seen would, while no bucket is full', () => {
    const visit = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 500 }));
    fc.assert(
      fc.property(fc.array(visit), (visits) => {
        let keys: RecentKeys<number> = NOTHING_SEEN;
        let now = 0;
        const lastSeen = new Map<string, number>();
        for (const [key, step] of visits) {
          now += step;
          const expected = now - (lastSeen.get(key) ?? -Infinity) < span.ms;
          expect(recall(keys, key, now, span) !== undefined).toBe(expected);
          keys = remember(keys, key, now, now, span);
          lastSeen.set(key, now);
        }
        const recent = [...lastSeen.values()].filter((at) => now - at < span.ms).length;
        expect(countRecent(keys, now, span)).toBe(recent);
      }),
    );
  });

  it('leave the state that they were given as it was', () => {
    const before = remember(NOTHING_SEEN as RecentKeys<number>, 'a', 0, 1, span);
    const copy = structuredClone(before);
    remember(before, 'b', 10, 2, span);
    remember(before, 'a', 10, 3, span);
    expect(before).toEqual(copy);
  });

  it('stay bounded under a flood and forget what was seen longest ago', () => {
    let keys: RecentKeys<null> = NOTHING_SEEN;
    for (let i = 0; i < 10_000; i++) keys = remember(keys, `k${i}`, i / 100, null, span);
    expect(keys.flat()).toHaveLength(32 * span.bucketSize);
    expect(recall(keys, 'k9999', 100, span)).toBeNull();
    expect(recall(keys, 'k0', 100, span)).toBeUndefined();
  });
});
