import fc from 'fast-check';
import { assign, unassign } from './assignments.js';
import type { Assignment, Snapshot } from './wire/snapshot.js';

const NOBODY = new Set<string>();
const MACS = ['08:00:06:10:00:11', '08:00:06:10:00:12'];
const empty: Snapshot = { born: 'b', fence: 0, assignments: new Map() };
const fence = (number: number): { pointId: string; number: number } => ({ pointId: 'p', number });

function wanted(mac: string, quarantineId = 'q1', generation = 1): Assignment {
  const label = 'lazaret/0123456789ab';
  return {
    mac,
    quarantineId,
    generation,
    label,
    entries: [],
    attributes: [],
    setAt: `2026-01-01T00:00:0${generation}Z`,
  };
}

describe('an assignment', () => {
  it('is written once, and again only where it is another', () => {
    const once = assign(empty, wanted(MACS[0] ?? ''), NOBODY, fence(1));
    if (!once.ok || !once.next) throw new Error('it is assigned');
    expect(assign(once.next, { ...wanted(MACS[0] ?? ''), setAt: 'later' }, NOBODY, fence(2))).toEqual({
      ok: true,
      next: null,
    });
    expect(assign(once.next, wanted(MACS[0] ?? '', 'q1', 2), NOBODY, fence(2))).toMatchObject({ next: { fence: 2 } });
  });

  it('of another quarantine is not taken away', () => {
    const once = assign(empty, wanted(MACS[0] ?? ''), NOBODY, fence(1));
    if (!once.ok || !once.next) throw new Error('it is assigned');
    expect(unassign(once.next, MACS[0] ?? '', 'q2', fence(2))).toEqual({ ok: true, next: null });
  });

  it('F13 is refused for a device that people keep', () => {
    const transition = assign(empty, wanted(MACS[0] ?? ''), new Set(MACS), fence(1));
    expect(transition).toMatchObject({ ok: false, code: 'changed-by-others' });
  });

  it('touches its own device only, and never goes back behind a fence', () => {
    const step = fc.record({
      take: fc.boolean(),
      mac: fc.constantFrom(...MACS),
      quarantineId: fc.constantFrom('q1', 'q2'),
      generation: fc.integer({ min: 1, max: 3 }),
      number: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let state = empty;
        for (const { take, mac, quarantineId, generation, number } of steps) {
          const transition = take
            ? unassign(state, mac, quarantineId, fence(number))
            : assign(state, wanted(mac, quarantineId, generation), NOBODY, fence(number));
          if (!transition.ok || !transition.next) continue;
          const other = MACS.find((one) => one !== mac) ?? '';
          expect(transition.next.assignments.get(other)).toBe(state.assignments.get(other));
          expect(transition.next.fence).toBe(number);
          expect(number).toBeGreaterThanOrEqual(state.fence);
          state = transition.next;
        }
      }),
    );
  });
});
