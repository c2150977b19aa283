import { ANSWERS, OUTCOMES, TRANSPORTS } from '#events';
import { REGISTRY } from './registry.js';
import { SIGNS } from './signs.js';

describe('the table of signs', () => {
  it('gives every kind and outcome of observation to one detector or to none', () => {
    const signs = [
      ...[...TRANSPORTS, 'worm-port'].flatMap((transport) =>
        OUTCOMES.map((outcome) => `attempt.${transport}.${outcome}`),
      ),
      ...['listed', 'other'].flatMap((list) => ANSWERS.map((answer) => `name.${list}.${answer}`)),
      'alert.device',
      'alert.peer',
      'flow.inside',
      'flow.outside',
      'address-taken-over',
    ];
    expect(Object.keys(SIGNS).sort()).toEqual(signs.sort());
  });

  it('has a detector for every sign, and a sign for every detector', () => {
    const used = new Set(Object.values(SIGNS).filter((name) => name !== null));
    expect([...used].sort()).toEqual(Object.keys(REGISTRY).sort());
    for (const [name, detector] of Object.entries(REGISTRY)) expect(detector.name).toBe(name);
  });
});
