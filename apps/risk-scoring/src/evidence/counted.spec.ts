import { FAMILIES } from '#events';
import fc from 'fast-check';
import { assess, THRESHOLDS } from '../assessments/assessment.js';
import { countedAlone, tally, type Weight } from './counted.js';
import { CLAIMED, DETECTORS, type DetectorName } from './evidence.js';
import type { Level } from './level.js';

const DOMAINS = ['switch', 'dns', 'netflow', CLAIMED] as const;

const weight = fc.record({
  family: fc.constantFrom(...FAMILIES),
  trustDomain: fc.constantFrom(...DOMAINS),
  authenticated: fc.boolean(),
  decibans: fc.double({ min: 0, max: 60, noNaN: true }),
});
const weights = fc.array(weight, { maxLength: 24 });
/** The prior of a device with a known reachable hole: the worst case of every rule. */
const EXPOSED = -30;
const EPSILON = 1e-9;

const of = (family: Weight['family'], trustDomain: string, decibans: number, authenticated = true): Weight => ({
  family,
  trustDomain,
  authenticated,
  decibans,
});

describe('what counts', () => {
  it('cuts a family at 35 and a domain at 35', () => {
    expect(tally([of('spread', 'switch', 18), of('command', 'dns', 60)]).counted).toBe(53);
    expect(tally([of('spread', 'switch', 60), of('spread', 'dns', 60)]).counted).toBe(35);
    expect(tally([of('spread', 'switch', 30), of('command', 'switch', 30)]).counted).toBe(35);
  });

  it('cuts a domain that is not authenticated, and the claimed one, at 30', () => {
    expect(tally([of('spread', 'netflow', 60, false)]).counted).toBe(30);
    expect(tally([of('spread', CLAIMED, 60)]).counted).toBe(30);
  });

  it('takes a domain for unauthenticated as soon as one of its pieces is', () => {
    const mixed = [of('spread', 'switch', 20), of('command', 'switch', 20, false)];
    expect(tally(mixed).counted).toBe(30);
    expect(countedAlone(mixed)).toBe(0);
  });

  it('never lets one family isolate, whatever reports it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FAMILIES), weights, (family, some) => {
        const { counted } = tally(some.map((one) => ({ ...one, family })));
        expect(EXPOSED + counted).toBeLessThan(THRESHOLDS.isolate);
      }),
    );
  });

  it('never lets one domain isolate, whatever it reports', () => {
    fc.assert(
      fc.property(fc.constantFrom(...DOMAINS), weights, (trustDomain, some) => {
        const { counted } = tally(some.map((one) => ({ ...one, trustDomain })));
        expect(EXPOSED + counted).toBeLessThan(THRESHOLDS.isolate);
      }),
    );
  });

  it('never lets one authenticated domain act alone, with any number of others that anybody could speak for', () => {
    fc.assert(
      fc.property(weights, (some) => {
        const one = some.map((w) => (w.trustDomain === 'switch' ? w : { ...w, authenticated: false }));
        expect(EXPOSED + countedAlone(one)).toBeLessThan(THRESHOLDS.isolate);
      }),
    );
  });

  it('grows with each weight, counts no more than is there, and does not depend on the order', () => {
    fc.assert(
      fc.property(weights, weight, fc.func(fc.integer()), (some, more, rank) => {
        const { counted } = tally(some);
        const sum = some.reduce((total, one) => total + one.decibans, 0);
        expect(counted).toBeLessThanOrEqual(sum + EPSILON);
        const stronger = { ...more, authenticated: true };
        const known = some.some((one) => one.trustDomain === stronger.trustDomain && !one.authenticated);
        if (!known) expect(tally([...some, stronger]).counted).toBeGreaterThanOrEqual(counted - EPSILON);
        const shuffled = [...some].sort((a, b) => rank(a) - rank(b));
        expect(tally(shuffled).counted).toBeCloseTo(counted, 9);
      }),
    );
  });
});

describe('an assessment', () => {
  const NOW = 1_800_000_000_000;
  const level = fc.record({
    detector: fc.constantFrom(...(Object.keys(DETECTORS) as DetectorName[])),
    trustDomain: fc.constantFrom(...DOMAINS),
    authenticated: fc.boolean(),
    decibans: fc.double({ min: 0, max: 60, noNaN: true }),
    age: fc.integer({ min: 0, max: 48 * 3600 * 1000 }),
  });
  const levels = fc.uniqueArray(level, { selector: (one) => `${one.detector} ${one.trustDomain}` }).map((some) =>
    some.map(({ age, ...one }): Level => ({
      ...one,
      binding: one.trustDomain === CLAIMED ? 'claimed' : 'bound',
      at: NOW - age,
      firstAt: NOW - age,
      items: 1,
      lowered: 0,
      labels: { '445/tcp': 1 },
      last: 'observation',
    })),
  );

  it('is the same when it is recomputed from its parts, with and without each', () => {
    fc.assert(
      fc.property(levels, (some) => {
        const assessment = assess(some, NOW);
        const authenticated = (detector: string, domain: string) =>
          some.some((one) => one.detector === detector && one.trustDomain === domain && one.authenticated);
        const again = assessment.parts.map((part) =>
          of(part.family, part.trustDomain, part.decibans, authenticated(part.detector, part.trustDomain)),
        );
        expect(tally(again).counted).toBe(assessment.counted);
        expect(assessment.logOdds).toBe(assessment.prior + assessment.counted);
        assessment.parts.forEach((part, i) => {
          expect(assessment.prior + tally(again.filter((_, other) => other !== i)).counted).toBe(part.withoutIt);
        });
        expect(assessment.parts.reduce((total, part) => total + part.counted, 0)).toBeCloseTo(assessment.counted, 9);
      }),
    );
  });

  it('may act alone only when it has reached isolate', () => {
    fc.assert(
      fc.property(levels, (some) => {
        const assessment = assess(some, NOW);
        if (assessment.mayActAlone) expect(assessment.level).toBe('isolate');
        expect(assessment.countedAlone).toBeLessThanOrEqual(assessment.counted + EPSILON);
      }),
    );
  });

  it('only loses weight as time goes by', () => {
    fc.assert(
      fc.property(levels, fc.integer({ min: 0, max: 1e9 }), (some, later) => {
        expect(assess(some, NOW + later).counted).toBeLessThanOrEqual(assess(some, NOW).counted + EPSILON);
      }),
    );
  });
});
