// Integration tests: a real PostgreSQL and a real Kafka, started once for the run.
import base from './jest.config.js';
export default {
  ...base,
  testMatch: ['**/*.int.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  globalSetup: '<rootDir>/test/int/setup.mjs',
  globalTeardown: '<rootDir>/test/int/teardown.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/int/fresh-topics.ts'],
  maxWorkers: 1,
  testTimeout: 60000,
};
