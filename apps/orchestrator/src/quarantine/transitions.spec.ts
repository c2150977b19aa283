import type { Decision } from '#events';
import { TRANSITIONS, checkTransitions, mayMove, type Transition } from './transitions.js';

it('is a sound table', () => {
  expect(checkTransitions(TRANSITIONS)).toEqual([]);
});

it.each<[string, readonly Transition[], string]>([
  [
    'an unknown decision',
    [...TRANSITIONS, { from: 'proposed', to: 'paused' as Decision, when: '' }],
    'unknown decision paused',
  ],
  ['a doubled move', [...TRANSITIONS, TRANSITIONS[1]!], 'proposed → approved is there twice'],
  ['a decision that nothing leads to', TRANSITIONS.filter(({ to }) => to !== 'lapsed'), 'nothing leads to lapsed'],
  [
    'an open decision without a way out',
    TRANSITIONS.filter(({ from }) => from !== 'released'),
    'released is open and has no way out, or the reverse',
  ],
  [
    'a way out of what is over',
    [...TRANSITIONS, { from: 'rejected', to: 'proposed', when: '' }],
    'rejected is open and has no way out, or the reverse',
  ],
])('is refused at boot with %s', (_, table, problem) => {
  expect(checkTransitions(table)).toContain(problem);
});

it('lets nothing come back that is over', () => {
  for (const over of ['rejected', 'withdrawn', 'lapsed', 'closed'] as const) {
    expect((['proposed', 'approved', 'released'] as const).some((to) => mayMove(over, to))).toBe(false);
  }
});
