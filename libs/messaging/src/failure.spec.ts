import { z } from 'zod';
import { MessagingError } from './errors.js';
import { classify, inWords } from './failure.js';

const retrying = (retry: string): Error => Object.assign(new Error('x'), { code: 'y', retry });

describe('classify', () => {
  it.each([
    ['permanent', new TypeError('x')],
    ['permanent', new RangeError('x')],
    ['permanent', z.string().safeParse(1).error],
    ['permanent', retrying('permanent')],
    ['transient', retrying('transient')],
    ['transient', retrying('ambiguous')],
    ['transient', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
    ['transient', new MessagingError('queue-full', 'x')],
    ['fenced', new MessagingError('fenced', 'x')],
    ['unknown', new Error('x')],
    ['unknown', 'a string'],
    ['unknown', undefined],
  ])('%s: %p', (kind, error) => {
    expect(classify(error)).toBe(kind);
  });
});

it('says an error in one line', () => {
  expect(inWords(Object.assign(new Error('first\nsecond'), { code: 'E1' }))).toBe('Error E1: first');
  expect(inWords({})).toBe('not an Error');
  expect(inWords('x'.repeat(2000))).toHaveLength(500);
});
