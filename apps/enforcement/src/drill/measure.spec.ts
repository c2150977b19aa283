import fc from 'fast-check';
import { findingsOf, longestGap, measured, type Sample, type Seen } from './measure.js';

/** Attempts every 50 ms from 0; those between `lostFrom` and `lostTo` are lost. */
function samples(until: number, lostFrom = -1, lostTo = -1): Sample[] {
  return Array.from({ length: until / 50 }, (_, i) => ({
    sentAt: i * 50,
    answered: i * 50 < lostFrom || i * 50 >= lostTo,
  }));
}

const seen: Seen = {
  samples: samples(4000),
  from: 1000,
  to: 4000,
  attempts: { inbound: false, ipv6: false },
  order: 'make-before-break',
  mode: 'vlan-bridged',
};

describe('the gap', () => {
  it('is none where every attempt was answered, however far apart they were', () => {
    expect(
      longestGap(
        [
          { sentAt: 0, answered: true },
          { sentAt: 900, answered: true },
        ],
        0,
        1000,
      ),
    ).toBe(0);
  });

  it('is the time between the answers before and after what was lost', () => {
    expect(longestGap(samples(4000, 1500, 2000), 1000, 4000)).toBe(550);
  });

  it('is not told where the answers never came back', () => {
    expect(longestGap(samples(4000, 1500, 4000), 1000, 4000)).toBeNull();
    expect(longestGap([], 0, 1)).toBeNull();
  });

  it('does not count what was lost before the first write', () => {
    expect(longestGap(samples(4000, 100, 300), 1000, 4000)).toBe(0);
  });

  it('is as long as any run of lost attempts, in whatever order they were told', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), fc.integer(), (answers, seed) => {
        const told = [true, ...answers, true].map((answered, i) => ({ sentAt: i * 50, answered }));
        const runs = answers
          .map((one) => (one ? ' ' : 'x'))
          .join('')
          .split(' ');
        const longest = Math.max(...runs.map((run) => run.length));
        const mixed = [...told].sort((a, b) => ((a.sentAt * seed) % 7) - ((b.sentAt * seed) % 7));
        expect(longestGap(mixed, 0, Infinity)).toBe(longest === 0 ? 0 : (longest + 1) * 50);
      }),
    );
  });
});

describe('what a drill confirms', () => {
  it('is what was measured: no gap, both directions, all protocols', () => {
    expect(measured(seen)).toEqual({
      order: 'make-before-break',
      interruption: 'none',
      direction: 'both',
      covers: 'all',
    });
  });

  it('is a gap in steps of 100 ms, upwards, and a break where it is longer than a gap may be', () => {
    const gap = { ...seen, samples: samples(4000, 1500, 2000) };
    expect(measured(gap).interruption).toEqual({ gapMs: 600 });
    const long = { ...seen, samples: samples(60_000, 1500, 50_000), to: 60_000 };
    expect(measured(long).interruption).toBe('break');
  });

  it('is nothing about what could not be tried', () => {
    const untried = { ...seen, attempts: { inbound: null, ipv6: null } };
    expect(measured(untried)).toMatchObject({ direction: null, covers: null });
    expect(
      findingsOf(untried)
        .filter(({ ok }) => ok === null)
        .map(({ check }) => check),
    ).toEqual(['direction', 'IPv6']);
  });

  it('is the worse where something came through', () => {
    const open = { ...seen, attempts: { inbound: true, ipv6: true } };
    expect(measured(open)).toMatchObject({ direction: 'from-device', covers: 'ipv4' });
    expect(findingsOf(open).filter(({ ok }) => ok === false)).toHaveLength(2);
  });
});
