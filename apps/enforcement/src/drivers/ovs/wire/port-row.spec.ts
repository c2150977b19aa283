import fc from 'fast-check';
import { mri } from '../testing/isolations.js';
import { claim, isTrunk, markOf, move, restore, unclaim, type PortRow, type Transition } from './port-row.js';

const BOOT = '2026-01-01T00:00:00.000Z';
const fence = (number: number): { pointId: string; number: number } => ({ pointId: 'ovs-1', number });
const row = (change: Partial<PortRow> = {}): PortRow => ({
  uuid: 'u',
  name: 'wl-mri',
  tag: 10,
  vlanMode: null,
  trunks: [],
  protected: false,
  externalIds: { room: 'MR-3' },
  linkUp: true,
  ...change,
});

/** The row after a transition. Refusals are failures of the test. */
function done(before: PortRow, transition: Transition): PortRow {
  if (!transition.ok) throw new Error(transition.reason);
  if (!transition.change) return before;
  const { tag, protected: locked, externalIds } = transition.change;
  return { ...before, tag, protected: locked, externalIds };
}
const isolated = (before = row()): PortRow => {
  const claimed = done(before, claim(before, mri, fence(3), BOOT));
  return done(claimed, move(claimed, mri, fence(3)));
};

describe('a port', () => {
  it('comes back to exactly what it was, whatever others keep on it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), fc.boolean(), (ids, locked) => {
        const before = row({ externalIds: ids, protected: locked });
        const moved = isolated(before);
        expect(moved).toMatchObject({ tag: 66, protected: true });
        expect(done(moved, restore(moved, mri.quarantineId, 66, fence(3)))).toEqual(before);
      }),
    );
  });

  it('is claimed before the first flow, and has no mark before it is moved', () => {
    const claimed = done(row(), claim(row(), mri, fence(3), BOOT));
    expect(claimed.externalIds).toMatchObject({
      room: 'MR-3',
      'lazaret-device': '1',
      'lazaret-fence': '3',
      'lazaret-boot': BOOT,
    });
    expect(markOf(claimed)).toBeNull();
    expect(done(claimed, unclaim(claimed, 1, fence(3)))).toEqual(row());
    expect(unclaim(claimed, 2, fence(3))).toEqual({ ok: true, change: null });
  });

  it('keeps its prior through generations, but not after a hand has moved it', () => {
    const moved = isolated();
    const renewed = done(moved, move(moved, { ...mri, generation: 2 }, fence(4)));
    expect(markOf(renewed)).toMatchObject({ generation: 2, prior: { vlan: 10, protected: false } });
    const byHand = { ...moved, tag: 30 };
    const again = done(byHand, move(byHand, { ...mri, homeVlan: 30 }, fence(4)));
    expect(markOf(again)?.prior).toEqual({ vlan: 30, protected: true });
  });

  it('is left where a hand has put it', () => {
    const byHand = { ...isolated(), tag: 20 };
    expect(done(byHand, restore(byHand, mri.quarantineId, 66, fence(3)))).toEqual(row({ tag: 20 }));
  });

  it.each<[string, string, Transition]>([
    ['a lower fence', 'stale-fence', claim(isolated(), mri, fence(2), BOOT)],
    ['a lower fence at the move', 'stale-fence', move(isolated(), mri, fence(2))],
    ['a lower fence at the release', 'stale-fence', restore(isolated(), mri.quarantineId, 66, fence(2))],
    ['a trunk', 'refused', claim(row({ tag: null }), mri, fence(3), BOOT)],
    ['a VLAN that is neither home nor ours', 'changed-by-others', move(row({ tag: 30 }), mri, fence(3))],
    ['the quarantine VLAN without our mark', 'changed-by-others', move(row({ tag: 66 }), mri, fence(3))],
    [
      'the mark of another quarantine',
      'changed-by-others',
      move(isolated(), { ...mri, quarantineId: 'other' }, fence(3)),
    ],
    [
      'the claim of another device',
      'changed-by-others',
      claim(isolated(), { ...mri, deviceNumber: 2 }, fence(3), BOOT),
    ],
    ['a mode without a move', 'refused', move(row(), { ...mri, mode: 'filter', quarantineVlan: null }, fence(3))],
  ])('refuses %s', (_, code, transition) => {
    expect(transition).toMatchObject({ ok: false, code });
  });

  it('believes no mark that it can not read in full', () => {
    const whole = isolated().externalIds;
    for (const key of ['lazaret-quarantine', 'lazaret-device', 'lazaret-generation', 'lazaret-prior']) {
      expect(markOf(row({ externalIds: { ...whole, [key]: '{"vlan":"10"' } }))?.quarantineId ?? null).toBe(
        key === 'lazaret-quarantine' ? '{"vlan":"10"' : null,
      );
      expect(
        markOf(row({ externalIds: Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key)) })),
      ).toBeNull();
    }
  });

  it('is a trunk by its mode, by a list of VLANs, or by having no tag', () => {
    expect([row(), row({ vlanMode: 'access', tag: null })].map(isTrunk)).toEqual([false, false]);
    const trunks = [
      row({ tag: null }),
      row({ trunks: [10] }),
      row({ vlanMode: 'native-untagged' }),
      row({ vlanMode: 'trunk' }),
    ];
    expect(trunks.map(isTrunk)).toEqual([true, true, true, true]);
  });
});
