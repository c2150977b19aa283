// Integration tests that need neither database nor broker; `npm test` runs them beside the other integration tests.
import { ALONE, NOT_OURS } from './deploy/local/run/alone.mjs';
import base from './jest.config.js';
export default {
  ...base,
  testMatch: ['**/*.int.spec.ts'],
  testPathIgnorePatterns: [...NOT_OURS, `^(?!.*(${ALONE.join('|')}))`],
  maxWorkers: 1,
  testTimeout: 60000,
};
