import fc from 'fast-check';
import type { Evidence } from './evidence.js';
import { decibansAt, weigh, type Level } from './level.js';

const HOUR = 3600 * 1000;

function evidence(decibans: number, at: number): Evidence {
  return {
    evidenceId: `scan-${at}`,
    observationId: `${at}`,
    sensorId: 'ovs-1-ipfix',
    detector: 'scan',
    trustDomain: 'switch',
    binding: 'bound',
    authenticated: true,
    decibans,
    at,
    items: decibans > 0 ? 1 : 0,
    label: `${at % 20}/tcp`,
  };
}

const after = (pieces: Evidence[]) => pieces.reduce<Level | undefined>(weigh, undefined);

describe('a level', () => {
  it('halves in its half-life before the next piece is added', () => {
    const level = after([evidence(20, 0), evidence(6, 2 * HOUR)]);
    expect(level?.decibans).toBeCloseTo(16, 9);
    expect(decibansAt(level!, 6 * HOUR)).toBeCloseTo(4, 9);
  });

  it('stays between 0 and 60 at each step', () => {
    const piece = fc.record({
      decibans: fc.double({ min: -30, max: 30, noNaN: true }),
      at: fc.integer({ min: 0, max: HOUR }),
    });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const level = after(pieces.map(({ decibans, at }) => evidence(decibans, at)));
        expect(level?.decibans ?? 0).toBeGreaterThanOrEqual(0);
        expect(level?.decibans ?? 0).toBeLessThanOrEqual(60);
        expect(Object.keys(level?.labels ?? {}).length).toBeLessThanOrEqual(9);
      }),
    );
  });

  it('does not depend on the order in which sensors report, inside its limits', () => {
    const times = fc.array(fc.integer({ min: 0, max: 12 * HOUR }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(times, (some) => {
        const inOrder = after([...some].sort((a, b) => a - b).map((at) => evidence(6, at)));
        const asHeard = after(some.map((at) => evidence(6, at)));
        expect(decibansAt(asHeard!, 13 * HOUR)).toBeCloseTo(decibansAt(inOrder!, 13 * HOUR), 9);
        expect(asHeard).toMatchObject({ at: inOrder!.at, firstAt: inOrder!.firstAt, items: inOrder!.items });
      }),
    );
  });

  it('is forgotten with its reasons when innocence has used it up', () => {
    expect(after([evidence(6.02, 0), evidence(-6.02, 1)])).toBeUndefined();
    expect(after([evidence(6.02, 0), evidence(-6.02, 1), evidence(6.02, 2)])).toMatchObject({ items: 1, lowered: 0 });
  });
});
