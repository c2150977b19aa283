import fc from 'fast-check';
import { fakeProfile } from '../../test/fake-point.js';
import { honest } from '../plan/modes.js';
import { describePoint } from './description.js';
import { effectiveProfile, type Measured } from './effective-profile.js';

const said = { ...fakeProfile, confirmed: false, stateful: true, perSession: true };
const nothing: Measured = { order: null, interruption: null, direction: null, covers: null };

const anyMeasured: fc.Arbitrary<Measured> = fc.record({
  order: fc.constantFrom(null, 'atomic', 'make-before-break', 'break-before-make'),
  interruption: fc.constantFrom<Measured['interruption'][]>(null, 'none', 'break', { gapMs: 5000 }),
  direction: fc.constantFrom(null, 'both', 'from-device'),
  covers: fc.constantFrom(null, 'ipv4', 'all'),
});

describe('a point’s effective profile', () => {
  it('is the driver’s word where nothing was drilled, confirmed or not', () => {
    expect(effectiveProfile(said, null)).toBe(said);
    expect(effectiveProfile(fakeProfile, null)).toBe(fakeProfile);
  });

  it('is what was measured, and the worst of what was not, where nobody else has confirmed it', () => {
    const measured: Measured = { ...nothing, interruption: { gapMs: 5200 }, order: 'atomic' };
    expect(effectiveProfile(said, measured)).toEqual({
      ...honest(said),
      order: 'atomic',
      interruption: { gapMs: 5200 },
      confirmed: true,
    });
  });

  it('keeps what the driver’s own suite has confirmed and this drill could not measure', () => {
    expect(effectiveProfile(fakeProfile, nothing)).toEqual(fakeProfile);
    expect(effectiveProfile(fakeProfile, { ...nothing, interruption: { gapMs: 300 } })).toMatchObject({
      interruption: { gapMs: 300 },
      direction: 'both',
    });
  });

  it('never says better of what was not measured than an unconfirmed profile does', () => {
    fc.assert(
      fc.property(anyMeasured, (measured) => {
        const effective = effectiveProfile(said, measured);
        for (const key of ['order', 'interruption', 'direction', 'covers'] as const) {
          expect(effective[key]).toEqual(measured[key] ?? honest(said)[key]);
        }
        expect([effective.stateful, effective.perSession]).toEqual([false, false]);
      }),
    );
  });
});

describe('a point’s description', () => {
  const config = { kind: 'radius', id: 'sw-7', vendor: 'cisco-ios-xe', address: '192.0.2.7', secretFile: '/etc/s' };

  it('names the kind and the model, and has another fingerprint once anything is configured differently', () => {
    const described = describePoint(config);
    expect(described).toMatchObject({ kind: 'radius', model: 'radius/cisco-ios-xe' });
    expect(describePoint({ ...config }).fingerprint).toBe(described.fingerprint);
    expect(describePoint({ ...config, address: '192.0.2.8' }).fingerprint).not.toBe(described.fingerprint);
  });
});
