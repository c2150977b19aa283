import type { AlertRaised } from '#events';
import { attempt, MRI, Scene } from '../../../test/observing.js';

function alert(second: number, differences: Partial<AlertRaised> = {}): AlertRaised {
  const { outcome: _, ...ends } = attempt(second, { trustDomain: 'suricata', sensorId: 'eve-1' });
  return { ...ends, kind: 'alert', opener: 'device', signature: 'Worm traffic', severity: 1, ...differences };
}

describe('alert', () => {
  it.each([
    [1, [15]],
    [2, [8]],
    [3, [3]],
    [4, []],
  ])('of severity %d weighs %j, once an hour by signature', (severity, decibans) => {
    const scene = new Scene();
    const found = [0, 10, 3599].flatMap((at) => scene.sees(MRI, alert(at, { severity })));
    expect(found.map((piece) => piece.decibans)).toEqual(decibans);
    expect(scene.sees(MRI, alert(5, { severity, signature: 'Another' })).map((one) => one.decibans)).toEqual(decibans);
  });

  it('about what others sent to the device weighs nothing', () => {
    expect(new Scene().sees(MRI, alert(0, { opener: 'peer' }))).toEqual([]);
  });

  it('alone stays below isolate, however many there are', () => {
    const scene = new Scene();
    for (let i = 0; i < 50; i++) scene.sees(MRI, alert(i, { signature: `Signature ${i}` }));
    expect(scene.assessment(MRI, 50)).toMatchObject({ level: 'propose', counted: 35, mayActAlone: false });
  });
});
